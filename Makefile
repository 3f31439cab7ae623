# One set of targets for people and for CI. Everything is installed into .venv; a stamp file there remembers what was
# installed, so that a second run asks pip nothing and needs no network.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PINS := pyproject.toml constraints.txt
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install run test lint eval bench screenshots clean venv browser office
.DELETE_ON_ERROR:

help: ## 显示本说明
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '可用变量：PYTHON=解释器路径（3.11 或更高）　ARGS=传给命令的参数，如 make test ARGS="-k clean"'

install: $(STAMPS)/install ## 安装到 .venv（已安装则什么也不做，可离线）
	@echo '已安装：$(BIN)/anze'

run: install ## 安装、建立索引、启动网页
	$(BIN)/anze index
	$(BIN)/python app.py $(ARGS)

test: $(STAMPS)/test browser office ## 安装测试所需的一切并运行全部测试
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: $(STAMPS)/test ## 检查代码风格、类型与分层
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: install ## 用标准问题集评测
	$(BIN)/anze index
	$(BIN)/python -m eval $(ARGS)

bench: install ## 测量建索引与回答的用时
	$(BIN)/anze index
	$(BIN)/python -m eval.bench $(ARGS)

screenshots: $(STAMPS)/test browser ## 用浏览器截取说明文档的图片（guide/images）
	$(BIN)/python -m tests.screenshots $(ARGS)

clean: ## 删除 .venv、索引与缓存（保留 .env 与业务数据）
	rm -rf $(VENV) index/store eval/reports build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/install: $(PINS) | venv
	$(PIP_INSTALL) -e .
	@touch $@

# torch is named beside the extras so that the exact pin, not the newest version, picks the build to install.
$(STAMPS)/test: $(PINS) | venv
	$(PIP_INSTALL) "$$(grep '^torch==' constraints.txt)" -e '.[models,milvus,dev]'
	@touch $@ $(STAMPS)/install

# Not a stamp: a virtual environment breaks when its interpreter is removed or the folder is moved, and that must be
# told before anything else fails in a way nobody understands.
venv:
	@if [ ! -e $(VENV) ]; then \
	  "$(PYTHON)" -c '' 2>/dev/null || \
	    { echo '找不到可用的 Python：$(PYTHON)。请先安装 Python 3.11 或更高版本，或用 make PYTHON=路径 指定。' >&2; exit 1; }; \
	  "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "需要 Python 3.11 或更高版本，$(PYTHON) 是 $$("$(PYTHON)" -V 2>&1)。请用 make PYTHON=路径 指定。" >&2; exit 1; }; \
	  "$(PYTHON)" -m venv $(VENV) || \
	    { rm -rf $(VENV); echo '无法创建虚拟环境。Debian、Ubuntu 请先安装 python3-venv。' >&2; exit 1; }; \
	  mkdir -p $(STAMPS) && pwd -P > $(STAMPS)/place; \
	fi
	@$(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo '虚拟环境 $(VENV) 已损坏（解释器缺失、版本过低或安装中断）。请运行 make clean 后重试。' >&2; exit 1; }
	@[ "$$(cat $(STAMPS)/place 2>/dev/null)" = "$$(pwd -P)" ] || \
	  { echo '虚拟环境 $(VENV) 不是在本目录中创建的（目录可能被移动或复制过）。请运行 make clean 后重试。' >&2; exit 1; }

# Browser tests skip themselves where there is no Chromium, so nothing here may fail the run. The font is for pictures:
# without one every Chinese character is an empty box.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo '正在安装 Chromium（浏览器测试用）……'; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null && exit 0; \
	fi; \
	echo '没有找到也无法自动安装 Chromium：浏览器测试将跳过。请自行安装 chromium 后重试。'

# The same for the test that opens exported files in LibreOffice. Nothing is said: without it that one test is skipped.
office:
	@command -v soffice >/dev/null && command -v pdftotext >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -qq && timeout 600 apt-get install -y -qq --no-install-recommends \
	    libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils; } >/dev/null 2>&1 || true; \
	fi
