import hashlib
import hmac
import random
import secrets

import jwt
from Crypto.Cipher import AES, DES
from Crypto.PublicKey import RSA
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from passlib.hash import argon2, md5_crypt


def hashes(data, password, salt):
    # ruleid: python-weak-hash
    hashlib.md5(data)
    # ruleid: python-weak-hash
    hashlib.new("sha1")
    # ok: python-weak-hash
    hashlib.md5(data, usedforsecurity=False)
    # ok: python-weak-hash
    hashlib.sha256(data)
    # ruleid: python-password-fast-hash
    hashlib.sha256(password.encode()).hexdigest()
    # ok: python-password-fast-hash
    hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
    # ruleid: python-pbkdf2-few-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 1000)
    # ok: python-pbkdf2-few-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)
    # ruleid: python-weak-password-scheme
    md5_crypt.hash(password)
    # ok: python-weak-password-scheme
    argon2.hash(password)


def ciphers(key, iv):
    # ruleid: python-weak-cipher
    DES.new(key, DES.MODE_CBC, iv)
    # ruleid: python-weak-cipher
    algorithms.ARC4(key)
    # ok: python-weak-cipher
    algorithms.AES(key)
    # ruleid: python-cipher-mode-ecb
    AES.new(key, AES.MODE_ECB)
    # ruleid: python-cipher-mode-ecb
    modes.ECB()
    # ok: python-cipher-mode-ecb
    AES.new(key, AES.MODE_GCM)
    # ruleid: python-fixed-iv
    AES.new(key, AES.MODE_CBC, b"0000000000000000")
    # ruleid: python-fixed-iv
    modes.CBC(b"0000000000000000")
    # ok: python-fixed-iv
    AES.new(key, AES.MODE_CBC, secrets.token_bytes(16))
    # ruleid: python-fixed-key
    AES.new(b"0123456789abcdef", AES.MODE_GCM)
    # ruleid: python-fixed-key
    Fernet("kcIZcYAcpcWuAZeZUu5Ph_2xAj8ogZsIGL4pMmq2C0o=")
    # ruleid: python-fixed-key
    jwt.encode({"a": 1}, "not-a-secret", algorithm="HS256")
    # ok: python-fixed-key
    jwt.encode({"a": 1}, key, algorithm="HS256")
    # ok: python-fixed-key
    AESGCM(key)


# ruleid: python-short-key
RSA.generate(1024)
# ruleid: python-short-key
rsa.generate_private_key(public_exponent=65537, key_size=512)
# ok: python-short-key
rsa.generate_private_key(public_exponent=65537, key_size=3072)
# ruleid: python-weak-curve
ec.generate_private_key(ec.SECP192R1())
# ok: python-weak-curve
ec.generate_private_key(ec.SECP256R1())
# ruleid: python-random-for-secret
token = "".join(random.choice("abc") for _ in range(20))
# ruleid: python-random-for-secret
reset_password = str(random.randint(0, 999999))
# ok: python-random-for-secret
delay = random.random()
# ok: python-random-for-secret
token = secrets.token_urlsafe()


def tokens(text, key, given):
    # ruleid: python-jwt-verification-off
    jwt.decode(text, key, options={"verify_signature": False})
    # ruleid: python-jwt-verification-off
    jwt.decode(text, verify=False)
    # ok: python-jwt-verification-off
    jwt.decode(text, key, algorithms=["HS256"])
    # ruleid: python-jwt-none-algorithm
    jwt.encode({"a": 1}, None, algorithm="none")
    # ruleid: python-jwt-none-algorithm
    jwt.decode(text, key, algorithms=["HS256", "none"])
    # ok: python-jwt-none-algorithm
    jwt.decode(text, key, algorithms=["EdDSA"])
    # ruleid: python-digest-compared-with-equals
    a = hmac.new(key, text, "sha256").hexdigest() == given
    # ok: python-digest-compared-with-equals
    b = hmac.compare_digest(hmac.new(key, text, "sha256").hexdigest(), given)
    return a and b
