// A message as a list of its parts in order, by whichever reader: the form in which two readers are
// compared.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mail/defects.h"

namespace backstop::differential {

struct Part {
  std::size_t depth = 0;
  std::string type;      // "text/plain".
  bool leaf = true;      // Neither a multipart nor an entered message.
  bool headers = false;  // A returned header block.
  std::string encoding;  // The transfer encoding named, lower case.
  std::vector<std::pair<std::string, std::string>> fields;      // Values unfolded, blanks made one.
  std::vector<std::pair<std::string, std::string>> raw_fields;  // Of ours only.
  std::string content;                                          // Of a leaf, decoded.
};

struct WalkedMessage {
  std::vector<Part> parts;
  mail::Defects defects;  // Of ours only.
};

// By mail::Walker.
WalkedMessage walk_ours(std::string_view bytes);

// Runs of white space as one blank, none at the ends.
std::string with_single_blanks(std::string_view text);

}  // namespace backstop::differential
