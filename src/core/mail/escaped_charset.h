// Charsets that write eight bits in seven by escapes, as their eight-bit forms.  For charset.cc:
// iconv knows one of them not at all, and of the other not the characters that mailers put into it.
//
// Pure and total; any thread.  The result is no longer than one and a half times `bytes`.
#pragma once

#include <string>
#include <string_view>

namespace backstop::mail {

// ISO-2022-JP (RFC 1468) with the sets mailers use besides: half-width katakana, JIS X 0212, and
// the rows of NEC and IBM; as EUC-JP.  A line end brings ASCII back, as a lost escape must not
// spoil the rest.
std::string escaped_to_euc_jp(std::string_view bytes);

// HZ (RFC 1843) as GB 2312 in eight bits.
std::string escaped_to_gb2312(std::string_view bytes);

}  // namespace backstop::mail
