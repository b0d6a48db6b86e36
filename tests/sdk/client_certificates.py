"""Certificates of clients and of those who issue them, good and bad, with the lists of those revoked."""

import datetime
import itertools

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NUMBERS = itertools.count(1)
KEYS = {
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
SERVERS, CLIENTS = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAY = datetime.timedelta(days=1)


def pem(*certificates):
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)


class Identity:
    """A certificate with its key; without an issuer it issues itself. Times are in days from now."""

    def __init__(self, name, issuer=None, key="ec", ca=False, begins=-1, ends=30, usage=None, serial=None, subject=()):
        self.issuer, self.key = issuer, KEYS[key]()
        self.subject = x509.Name([*(x509.NameAttribute(oid, text) for oid, text in subject), x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer = issuer or self
        builder = x509.CertificateBuilder(
            signer.subject, self.subject, self.key.public_key(), serial or next(NUMBERS), NOW + begins * DAY, NOW + ends * DAY)
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        if usage:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        self.certificate = builder.sign(signer.key, self.algorithm(signer.key))

    @staticmethod
    def algorithm(key):
        return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()

    @property
    def chain(self):
        """Itself and who issued it, without the root."""
        above = self.issuer.chain if self.issuer and self.issuer.issuer else []
        return [self.certificate, *above]

    @property
    def pem(self):
        return pem(self.certificate)

    def save(self, directory, alone=False):
        """What a client loads: a file with the chain, and one with the key."""
        name = f"{self.certificate.serial_number:x}-{alone}"
        chain, key = directory / f"{name}.pem", directory / f"{name}.key"
        chain.write_bytes(self.pem if alone else pem(*self.chain))
        key.write_bytes(self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return chain, key

    def revocations(self, *revoked, begins=-1, ends=30, encoding=serialization.Encoding.PEM):
        """The list of those it has revoked."""
        builder = x509.CertificateRevocationListBuilder(self.subject, NOW + begins * DAY, NOW + ends * DAY)
        for identity in revoked:
            builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(
                identity.certificate.serial_number, NOW + begins * DAY).build())
        builder = builder.add_extension(x509.CRLNumber(next(NUMBERS)), critical=False)
        return builder.sign(self.key, self.algorithm(self.key)).public_bytes(encoding)
