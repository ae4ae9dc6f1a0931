// In which charset the text of a notice really is.  Programs label what they paste together as they
// like: nothing at all, us-ascii above UTF-8, iso-8859-1 above Russian, a charset nobody knows.
//
// Pure and total; any thread.
#pragma once

#include <string>
#include <string_view>

namespace backstop::reading {

// A name for mail::decode_charset, by the label (as of Content-Type, may be empty) and by what the
// bytes look like; at most limits::kCharsetEvidenceBytes of them are looked at.  In this order:
//   escapes of ISO-2022-JP, a byte order mark, and UTF-8 beyond chance hold against any label;
//   a label that fits holds, but for those that are written without knowing: us-ascii, iso-8859-1,
//   windows-1252, iso-8859-15, utf-8 above what is none, and unknown names;
//   then Japanese, Chinese, Korean or Russian when the bytes look so; else windows-1252.
std::string decide_notice_charset(std::string_view bytes, std::string_view label);

// `bytes` in UTF-8, by that charset.  Lines that are no UTF-8 in a text that is, mostly, are read
// as windows-1252.  Always valid UTF-8.
std::string decode_notice_text(std::string_view bytes, std::string_view label);
// The same where it is decided already.
std::string decode_decided_text(std::string_view bytes, std::string_view decided);

// One of the lines of a text whose charset was decided so.
std::string decode_notice_line(std::string_view line, std::string_view decided);

}  // namespace backstop::reading
