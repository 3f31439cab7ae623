"""The WeChat Work (企业微信) bot: transports that speak its protocols, and the service that answers through them."""
