#include "opendkim_oracle.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

static DKIM_CBSTAT look_up(DKIM* dkim, DKIM_SIGINFO* signature, unsigned char* buffer,
                           size_t size) {
  (void)signature;
  const char* record = dkim_get_user_context(dkim);
  const int written = snprintf((char*)buffer, size, "%s", record);
  return written > 0 && (size_t)written < size ? DKIM_CBSTAT_CONTINUE : DKIM_CBSTAT_ERROR;
}

static DKIM_LIB* library(void) {
  static DKIM_LIB* lib = NULL;
  if (lib == NULL) {
    lib = dkim_init(NULL, NULL);
    dkim_set_key_lookup(lib, look_up);
  }
  return lib;
}

static int feed(DKIM* dkim, const char* const* fields, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (dkim_header(dkim, (unsigned char*)fields[i], strlen(fields[i])) != DKIM_STAT_OK) return 0;
  }
  return dkim_eoh(dkim) == DKIM_STAT_OK;
}

int opendkim_verifies(const char* const* fields, size_t count, const char* record) {
  DKIM_STAT status = DKIM_STAT_OK;
  DKIM* dkim = dkim_verify(library(), (const unsigned char*)"id", NULL, &status);
  if (dkim == NULL) return 0;
  dkim_set_user_context(dkim, (void*)record);
  int holds = 0;
  if (feed(dkim, fields, count)) {
    /* Without a body this is a bad signature in every case; its flags tell of the header. */
    (void)dkim_eom(dkim, NULL);
    DKIM_SIGINFO** signatures = NULL;
    int found = 0;
    if (dkim_getsiglist(dkim, &signatures, &found) == DKIM_STAT_OK) {
      for (int i = 0; i < found; ++i)
        holds = holds || (dkim_sig_getflags(signatures[i]) & DKIM_SIGFLAG_PASSED) != 0;
    }
  }
  dkim_free(dkim);
  return holds;
}

int opendkim_signs(const char* const* fields, size_t count, const char* key, int is_rsa,
                   int is_simple, const char* const* signed_names, char* out, size_t size) {
  DKIM_STAT status = DKIM_STAT_OK;
  DKIM* dkim = dkim_sign(library(), (const unsigned char*)"id", NULL, (dkim_sigkey_t)key,
                         (const unsigned char*)"s1", (const unsigned char*)"example.com",
                         is_simple ? DKIM_CANON_SIMPLE : DKIM_CANON_RELAXED, DKIM_CANON_SIMPLE,
                         is_rsa ? DKIM_SIGN_RSASHA256 : DKIM_SIGN_ED25519SHA256, -1, &status);
  if (dkim == NULL) return 0;
  int good =
      dkim_signhdrs(dkim, (const char**)signed_names) == DKIM_STAT_OK &&
      feed(dkim, fields, count) && dkim_eom(dkim, NULL) == DKIM_STAT_OK &&
      dkim_getsighdr(dkim, (unsigned char*)out, size, strlen("DKIM-Signature: ")) == DKIM_STAT_OK;
  dkim_free(dkim);
  return good;
}
