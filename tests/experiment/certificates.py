"""Certificates for tests: a certificate authority and one certificate for every role, as files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def make(folder: Path) -> dict[str, Path]:
    """Files ``ca``, ``cert`` and ``key`` in PEM for 127.0.0.1."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("an authority")
    ca = (
        _builder(issuer, issuer, authority)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(authority, hashes.SHA256())
    )
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    cert = _builder(_name("somebody"), issuer, own).add_extension(place, False).sign(authority, hashes.SHA256())
    files = {name: folder / f"{name}.pem" for name in ("ca", "cert", "key")}
    files["ca"].write_bytes(ca.public_bytes(Encoding.PEM))
    files["cert"].write_bytes(cert.public_bytes(Encoding.PEM))
    files["key"].write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
