// Tag lists (RFC 6376 §3.2): "v=1; d=example.com; ...", of signatures and of key records.
//
// Pure and total; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::proof {

struct DkimTag {
  std::string_view name;
  std::string_view value;  // Without white space at its ends.
  // Where the value stands in the list with all that surrounds it, from the '=' to the ';'.
  std::size_t begin = 0;
  std::size_t end = 0;
};

class DkimTags {
 public:
  // Nothing for what is no tag list: a tag without '=', a name that is none, a tag twice, more than
  // limits::kDkimTags.  `text` must live longer.
  static std::optional<DkimTags> parse(std::string_view text);

  // Null when there is none.
  const DkimTag* find(std::string_view name) const;
  // "" when there is none.
  std::string_view value(std::string_view name) const;
  // The first of the list; null when it is empty.
  const DkimTag* first() const { return tags_.empty() ? nullptr : &tags_.front(); }

 private:
  std::vector<DkimTag> tags_;
};

// A value without the white space that folding put into it (RFC 6376 §2.3).
std::string without_folding(std::string_view value);

// True when a list with ':' between its items (RFC 6376 §3.6.1) holds the item, any case.
bool lists_item(std::string_view list, std::string_view item);

}  // namespace backstop::proof
