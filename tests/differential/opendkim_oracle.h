/* libopendkim as the oracle of header signatures.  C, since its header is no C++. */
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `fields`: "Name: value" each, CRLF in folds, none at the end.  `record`: the key's DNS text,
   taken for every selector.  1 when the header part of a signature holds, 0 when none does. */
int opendkim_verifies(const char* const* fields, size_t count, const char* record);

/* The value of a DKIM-Signature over the fields into `out`, NUL at its end; 0 when it signs
   nothing. `signed_names`: ends with a null pointer. */
int opendkim_signs(const char* const* fields, size_t count, const char* key, int is_rsa,
                   int is_simple, const char* const* signed_names, char* out, size_t size);

#ifdef __cplusplus
}
#endif
