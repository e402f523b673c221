"""Where Reddit has media uploaded to: S3's POST over TLS, which praw insists on.

Shape: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html, 201 with XML.
"""

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Storage:
    """`files` holds what was uploaded, by key; `status` is answered instead of storing."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.status = 201
        self.port = 0

    async def take(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.status == 201:
            file = form["file"]
            assert isinstance(file, web.FileField)
            self.files[str(form["key"])] = file.file.read()
        return web.Response(status=self.status, text="<PostResponse><Key>k</Key></PostResponse>")


@contextmanager
def storing(certificate: Path) -> Iterator[Storage]:
    """The storage in a thread of its own; its certificate is written to that file."""
    storage, loop = Storage(), asyncio.new_event_loop()
    key = certificate.with_suffix(".key")
    _certify(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> web.AppRunner:
        app = web.Application()
        app.add_routes([web.post("/", storage.take)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        storage.port = runner.addresses[0][1]
        return runner

    runner = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield storage
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _certify(certificate: Path, key_file: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
