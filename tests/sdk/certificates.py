"""A certificate authority of the test's own, by openssl, and the files that a gateway reads."""

import os
import pathlib
import shutil
import subprocess


def openssl(*arguments, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """Issues certificates; `pem` is what clients trust."""

    def __init__(self, directory, name="Test Authority"):
        self.directory, self.issued = pathlib.Path(directory), 0
        self.pem, self.key = self.directory / "ca.pem", self.directory / "ca.key"
        openssl("req", "-x509", *EC, "-nodes", "-keyout", self.key, "-out", self.pem, "-days", 30,
                "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature")

    def issue(self, *names, algorithm=None, organisation=None, days=20, extensions=()):
        """A directory with `cert.pem`, the authority's certificate behind it, and `key.pem`."""
        self.issued += 1
        made = self.directory / str(self.issued)
        made.mkdir()
        subject = f"/O={organisation or self.issued}/CN={names[0]}"
        openssl("req", *(algorithm or EC), "-nodes", "-keyout", made / "key.pem", "-out", made / "csr.pem", "-subj", subject)
        alternatives = "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)
        (made / "extensions").write_text("\n".join([alternatives, *extensions]))
        certificate = openssl("x509", "-req", "-in", made / "csr.pem", "-CA", self.pem, "-CAkey", self.key, "-days", days,
                              "-set_serial", 1000 + self.issued, "-extfile", made / "extensions")
        (made / "leaf.pem").write_bytes(certificate)
        (made / "cert.pem").write_bytes(certificate + self.pem.read_bytes())
        return made

    def sign(self, made, usage="serverAuth,clientAuth", years=None):
        """Issues the certificate of a directory anew: for this purpose, in these years alone."""
        serial, index, text = (made / name for name in ("serial", "index", "authority.cnf"))
        serial.write_text("%04x" % int.from_bytes(os.urandom(2)))
        index.write_text("")
        text.write_text(f"[ca]\ndefault_ca=a\n[a]\ndatabase={index}\nserial={serial}\nnew_certs_dir={made}\ndefault_md=sha256\n"
                        "policy=p\ndefault_days=20\n[p]\ncommonName=supplied\norganizationName=supplied\n")
        with (made / "extensions").open("a") as extensions:
            extensions.write(f"\nextendedKeyUsage={usage}")
        span = ["-startdate", f"{years[0]}0101000000Z", "-enddate", f"{years[1]}0101000000Z"] if years else []
        openssl("ca", "-config", text, "-batch", "-notext", "-cert", self.pem, "-keyfile", self.key, "-in", made / "csr.pem",
                "-out", made / "leaf.pem", "-extfile", made / "extensions", *span)
        (made / "cert.pem").write_bytes((made / "leaf.pem").read_bytes() + self.pem.read_bytes())
        return made

    def staple(self, made):
        """What an OCSP responder says of a certificate: good."""
        subject = openssl("x509", "-in", made / "leaf.pem", "-noout", "-subject", "-nameopt", "compat").decode().split("=", 1)[1].strip()
        serial = openssl("x509", "-in", made / "leaf.pem", "-noout", "-serial").decode().split("=")[1].strip()
        (made / "index").write_text(f"V\t490101000000Z\t\t{serial}\tunknown\t{subject}\n")
        openssl("ocsp", "-issuer", self.pem, "-cert", made / "leaf.pem", "-no_nonce", "-reqout", made / "request.der")
        openssl("ocsp", "-index", made / "index", "-CA", self.pem, "-rsigner", self.pem, "-rkey", self.key,
                "-reqin", made / "request.der", "-respout", made / "ocsp.der", "-ndays", 7)
        return made / "ocsp.der"


EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA = ("-newkey", "rsa:2048")


def install(made, target, *names):
    """Puts files in the place of others, each at once, one after the other."""
    target.mkdir(exist_ok=True)
    for name in names or ("cert.pem", "key.pem"):
        shutil.copy(made / name, target / "new")
        os.replace(target / "new", target / name)


def link(to, path):
    """A symbolic link, in the place of another at once."""
    new = path.with_name("new-link")
    new.symlink_to(to)
    os.replace(new, path)
