#include <stdio.h>
#include <string.h>
#include <stdlib.h>

void f(char *name, char *buf, size_t n, void *ctx) {
  // ruleid: c-unbounded-copy
  strcpy(buf, name);
  // ok: c-unbounded-copy
  snprintf(buf, n, "%s", name);
  // ruleid: c-scanf-without-width
  scanf("%s", buf);
  // ok: c-scanf-without-width
  scanf("%31s", buf);
  // ruleid: c-format-string
  printf(name);
  // ok: c-format-string
  printf("%s", name);
  // ruleid: c-command-dynamic
  system(name);
  // ok: c-command-dynamic
  system("sync");
  // ruleid: c-temporary-name
  mktemp(buf);
  // ok: c-temporary-name
  mkstemp(buf);
  // ruleid: c-weak-crypto
  EVP_md5();
  // ok: c-weak-crypto
  EVP_sha256();
  // ruleid: c-certificate-check-off
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
  // ok: c-certificate-check-off
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
}
