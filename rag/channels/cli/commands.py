"""``anze index | ask | duties | export | …``: arguments in, answers out, errors as one Chinese sentence on stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from index.errors import AnzeError, QuestionError, StoreUnwritable, why
from rag.channels.cli.bot import add_commands as add_bot
from rag.channels.cli.exporting import add_export, export
from rag.channels.cli.feedback import add_feedback
from rag.channels.cli.parser import USAGE, Parser
from rag.channels.cli.verify import add_verify
from rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.model import Answer, Question
    from rag.wiring import Built

_FAILED = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit status 0; 1 for a failure; 2 for wrong usage or a question that cannot be taken."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may not know every character of a document
    args = make_parser().parse_args(argv)
    try:
        return int(args.run(args, load_settings()))
    except QuestionError as error:
        return _fail(error, USAGE)
    except AnzeError as error:
        return _fail(error, _FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("已中断。", file=sys.stderr)
        return 130


def _fail(error: AnzeError, status: int) -> int:
    print(f"错误：{error}", file=sys.stderr)
    return status


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options; wrong usage ends the process with status 2."""
    parser = Parser(prog="anze", description="安责：安全生产职责问答，每一句话都有条款出处。")
    commands = parser.add_subparsers(title="命令", metavar="命令", required=True)
    index = commands.add_parser("index", help="建立或更新索引")
    index.add_argument("--force", action="store_true", help="即使没有变化也重建")
    index.add_argument("--ship", action="store_true", help="把向量写进文档目录随软件分发（维护者用）")
    index.set_defaults(run=_index)
    ask = commands.add_parser("ask", help="提问，或批量提问")
    ask.add_argument("question", nargs="?", metavar="问题", help="问题；不写则从标准输入读取")
    ask.add_argument("--org", metavar="部门", help="我的部门，例如 市住建局（缺省取 ANZE_ORG）")
    ask.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    ask.add_argument("--batch", metavar="输入", help="逐行读取问题（JSON Lines；- 为标准输入）")
    ask.add_argument("--out", metavar="输出", help="批量结果写到此文件（缺省为标准输出）")
    ask.set_defaults(run=_ask)
    duties = commands.add_parser("duties", help="列出某个部门的任务，或整张任务表")
    duties.add_argument("organisation", nargs="?", metavar="部门", help="部门，例如 市住建局")
    duties.add_argument("--all", action="store_true", help="全部事项 × 单位 × 角色")
    duties.add_argument("--tsv", action="store_true", help="与 --all 合用：以制表符分隔，便于导入表格")
    duties.set_defaults(run=_duties)
    add_export(commands, _export)
    add_feedback(commands)
    add_verify(commands, _assistant)
    texts = commands.add_parser("texts", help="导出已索引的文本，供核对引文位置")
    texts.add_argument("folder", metavar="目录", help="写入的目录")
    texts.set_defaults(run=_texts)
    add_bot(commands)
    # No character opens an option here: all options are handed on.
    told = "用一组标准问答评测（需在源码目录运行）"
    evaluate = commands.add_parser("eval", help=told, add_help=False, prefix_chars="\0")
    evaluate.add_argument("rest", nargs=argparse.REMAINDER)
    evaluate.set_defaults(run=_eval)
    return parser


def _index(args: argparse.Namespace, settings: Settings) -> int:
    from index.embedding_cache import progress_bar
    from rag.wiring import build, ship_embeddings

    if args.ship:
        print(f"已写入 {ship_embeddings(settings)}")
        return 0
    _built(build(settings, force=args.force, progress=progress_bar("计算向量")), sys.stdout)
    return 0


def _built(done: Built, out: TextIO) -> None:
    """Say what a build did, and what it could not read."""
    manifest = done.manifest
    vectors = "含向量" if manifest.dense else f"仅关键词检索（{manifest.dense_reason}）"
    state = "索引已更新" if done.fresh else "索引已是最新"
    size = f"{len(manifest.documents)}份文件，{manifest.units}个检索单元"
    print(f"{state}：{size}，{vectors}。目录：{done.store}", file=out)
    for entry in manifest.documents:
        if entry.problems:
            print(
                f"注意：《{entry.title}》有{entry.problems}处责任括号未能识别，运行 anze duties --all 查看。",
                file=sys.stderr,
            )


def _ask(args: argparse.Namespace, settings: Settings) -> int:
    if args.batch:
        return _batch(args, settings)
    text = _readable(args.question) if args.question is not None else _decoded(sys.stdin.buffer.read(), "标准输入")
    from rag.assistant import check
    from rag.model import Question

    check(text)
    assistant = _assistant(settings)
    answer = assistant.ask(Question(text, _readable(args.org or "") or settings.org))
    if assistant.search_note:
        print(f"提示：本次只用关键词检索。{assistant.search_note}", file=sys.stderr)
    if args.json:
        print(_dumps(answer.to_json()))
    else:
        from rag.channels.cli.terminal import render

        print(render(answer))
    return 0


def _readable(text: str) -> str:
    """An argument whose bytes were no UTF-8 has characters that cannot be written again; they become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _assistant(settings: Settings) -> Assistant:
    """The assistant; on a first start the index is built on the way, a stale one is used with a warning."""
    from index.errors import IndexCorrupt, IndexMissing
    from rag.wiring import build, make_assistant, stale_reasons

    try:
        reasons = stale_reasons(settings)
    except IndexCorrupt:
        raise
    except IndexMissing:
        print("还没有索引，正在建立（只需一次）……", file=sys.stderr)
        from index.embedding_cache import progress_bar

        # Standard output belongs to the answer.
        _built(build(settings, progress=progress_bar("计算向量")), sys.stderr)
        return make_assistant(settings)
    if reasons and not _renewed(settings, reasons):
        print(f"注意：{'；'.join(reasons[:3])}。请运行 anze index 更新索引。", file=sys.stderr)
    return make_assistant(settings)


def _renewed(settings: Settings, reasons: list[str]) -> bool:
    """Whether the index was built again, as it is where duties would be wrong; with its vectors kept it is quick."""
    from index.errors import IndexBusy, StoreUnwritable
    from index.manifest import REGISTER_CHANGED
    from rag.wiring import build

    if REGISTER_CHANGED not in reasons:
        return False
    print(f"{REGISTER_CHANGED}，正在更新索引……", file=sys.stderr)
    try:
        build(settings)
    except (StoreUnwritable, IndexBusy) as error:
        print(f"索引未能更新，任务可能与现在的名录不符。{error}", file=sys.stderr)
        return False
    return True


def _batch(args: argparse.Namespace, settings: Settings) -> int:
    """One answer a line, in the order of the lines, whatever a line holds."""
    lines = _read_lines(args.batch)
    assistant = _assistant(settings)
    failed = 0
    try:
        with _writer(args.out) as out:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    answer, told = answer_line(assistant, line, settings.org)
                    if told:
                        print(f"第{number}行：{told}", file=sys.stderr)
                        failed += 1
                    out.write(_dumps(answer.to_json()) + "\n")
                    out.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        place = args.out or "标准输出"
        raise StoreUnwritable(f"无法写入 {place}：{why(error)}。", "请检查磁盘空间和目录权限。") from error
    return _FAILED if failed else 0


def answer_line(assistant: Assistant, line: str, org: str | None) -> tuple[Answer, str]:
    """The answer to one line of a batch and, where the line or the program is at fault, what to tell the operator."""
    from rag.assistant import unanswerable
    from rag.wire import question_from_json

    try:
        question = question_from_json(line, org)
    except QuestionError as error:
        return unanswerable(_salvaged(line), error), str(error)
    try:
        return assistant.ask(question), ""
    except AnzeError as error:
        return unanswerable(question, error), ""
    except Exception as error:  # the lines behind this one are still to be answered
        sorry = AnzeError("程序出错，这个问题没能回答。", "请换个说法再问。")
        return unanswerable(question, sorry), f"程序出错（{type(error).__name__}：{error}），这个问题没能回答。"


def _salvaged(line: str) -> Question:
    """What can be read of a line that is no question, so that its answer can be told from others."""
    import json

    from rag.model import Question

    try:
        raw = json.loads(line)  # takes halves of surrogate pairs, which orjson does not
    except (ValueError, RecursionError):
        return Question("")
    if not isinstance(raw, dict):
        return Question("")
    text, identifier = raw.get("question"), raw.get("id")
    return Question(
        _readable(text) if isinstance(text, str) else "",
        id=None if identifier is None else _readable(str(identifier)),
    )


def _read_lines(source: str) -> Iterable[str]:
    """Lines of a file, or of standard input as they come. Raises ``QuestionError`` for what is not UTF-8."""
    if source == "-":
        return _input_lines()
    try:
        return _decoded(Path(source).read_bytes(), source).split("\n")
    except OSError as error:
        raise QuestionError(f"无法读取 {source}：{why(error)}。", "请检查文件路径和读取权限。") from error


def _input_lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield _decoded(line, "标准输入")


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"{source} 不是 UTF-8 编码。", "请另存为 UTF-8 后重试。") from error


def _writer(target: str | None) -> AbstractContextManager[TextIO]:
    if target is None or target == "-":
        return nullcontext(sys.stdout)
    try:
        return Path(target).open("w", encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"无法写入 {target}：{why(error)}。", "请检查目录是否存在、是否可写。") from error


def _duties(args: argparse.Namespace, settings: Settings) -> int:
    from rag.channels.cli.terminal import duty_table, render
    from rag.model import Question

    if not args.all and not args.organisation:
        raise QuestionError("请写出部门名称，或加 --all 列出全部。", "例如：anze duties 市住建局")
    assistant = _assistant(settings)
    if args.all:
        plan = assistant.library.plan
        print(duty_table(plan, assistant.library.duties(plan.id), assistant.library.problems(plan.id), tsv=args.tsv))
        return 0
    organisation = _readable(args.organisation)
    answer = assistant.ask(Question(f"{organisation}的全部任务", organisation))
    print(render(answer))
    return _FAILED if answer.refused else 0


def _export(args: argparse.Namespace, settings: Settings) -> int:
    return export(args, settings, _assistant)


def _texts(args: argparse.Namespace, settings: Settings) -> int:
    from rag.wiring import export_texts

    count = export_texts(settings, Path(args.folder))
    print(f"已导出{count}份文本到 {args.folder}")
    return 0


def _eval(args: argparse.Namespace, settings: Settings) -> int:
    """Hand over to the harness of the checkout; it is not part of the installed package."""
    from importlib import import_module

    root = Path(__file__).resolve().parents[3]
    if not (root / "eval" / "__main__.py").is_file():
        raise QuestionError("评测程序不在安装包内。", "请在源码目录中运行 anze eval。")
    sys.path.insert(0, str(root))
    return int(import_module("eval.__main__").main(args.rest))


def _dumps(value: object) -> str:
    import orjson

    return orjson.dumps(value).decode()
