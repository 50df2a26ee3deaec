"""The command line: `academe serve`, and the verbs of operating it. `academe --help` lists them."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from pathlib import Path

from academe.settings import Settings
from academe.startup import StartupError


def main() -> None:
    """Exit code 0 for success, 1 for a failure that one sentence on stderr explains."""
    arguments = _arguments()
    try:
        sys.exit(_run(arguments))
    except StartupError as error:
        print(f"academe: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: argparse.Namespace) -> int:
    # Each verb imports what it needs: a server has no use for the demo, nor the demo for a server.
    if arguments.verb == "demo":
        from academe.demo.run import demo

        return demo(arguments.course, arguments.target)
    settings = Settings.from_environment()
    if arguments.verb == "check-settings":
        print("The settings are fine.")
        return 0
    # What is imported stays for as long as the process lives: searching it for garbage while it is made takes
    # a fifth of the start, and later it would be searched again and again.
    gc.disable()
    from academe.credential_verbs import export_credentials, verify_credential_log
    from academe.serve import migrate, operate_outbox, rotate_signing_key, serve

    gc.freeze()
    gc.enable()
    match arguments.verb:
        case "serve":
            _event_loop().run(serve(settings))
        case "migrate":
            for line in _event_loop().run(migrate(settings, dry_run=arguments.dry_run)):
                print(line)
        case "rotate-signing-key":
            print(_event_loop().run(rotate_signing_key(settings)))
        case "credentials" if arguments.credentials_verb == "export":
            print(_event_loop().run(export_credentials(settings, arguments.folder)))
        case "credentials":
            checking = verify_credential_log(settings, arguments.key, arguments.checkpoints)
            for line in _event_loop().run(checking):
                print(line)
        case "outbox":
            for line in _event_loop().run(operate_outbox(settings, arguments)):
                print(line)
    return 0


def _event_loop() -> asyncio.Runner:
    """uvloop where there is one: half the cost of a call's share of the event loop."""
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="academe", description="A learning platform server.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="run the server until it is told to stop")
    migrating = verbs.add_parser("migrate", help="bring the database up to date")
    migrating.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    verbs.add_parser("rotate-signing-key", help="make the next key that access tokens are signed with")
    _outbox_verbs(verbs.add_parser("outbox", help="see and mend how events are consumed"))
    _credentials_verbs(verbs.add_parser("credentials", help="keep what was issued verifiable"))
    verbs.add_parser("check-settings", help="report every faulty ACADEME_ setting")
    showing = verbs.add_parser("demo", help="take a course through the whole school")
    showing.add_argument("--course", default="", help="an OLX archive; the built-in tour when left out")
    showing.add_argument("--target", default="", help="host:port of a server; starts its own when left out")
    return parser.parse_args()


def _credentials_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="credentials_verb", required=True)
    exporting = verbs.add_parser("export", help="write everything that verifying needs to a folder")
    exporting.add_argument("folder", type=Path, help="a folder that does not exist yet")
    checking = verbs.add_parser("verify-log", help="recompute the log and compare it with what was signed")
    checking.add_argument("--key", help="the log's key as it was published at /log/key")
    checking.add_argument("checkpoints", type=Path, nargs="*", help="checkpoints that were kept, as files")


def _outbox_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="outbox_verb", required=True)
    verbs.add_parser("status", help="say how far each consumer is, and what it has given up on")
    replaying = verbs.add_parser("replay", help="try again what failed, or deliver again from a position on")
    skipping = verbs.add_parser("skip", help="give up an event that failed, so that those behind it go on")
    forgetting = verbs.add_parser("forget", help="remove a consumer that no server runs any more")
    for verb in (replaying, skipping, forgetting):
        verb.add_argument("consumer")
    replaying.add_argument("--from", dest="position", type=int, help="position of the first event")
    skipping.add_argument("position", type=int)


if __name__ == "__main__":
    main()
