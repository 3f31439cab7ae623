"""What is kept between questions: conversations, feedback, and what a channel must remember."""
