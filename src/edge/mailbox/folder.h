// What stands in one folder, in the order it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace backstop::mailbox {

// Names of one folder, held in little space: a Maildir may have a million.
class Names {
 public:
  enum class Sort : std::uint8_t { File, Folder };
  struct Name {
    std::string_view text;  // Until the next add().
    Sort sort;
    bool in_new;  // Of a Maildir's files.
  };

  std::size_t size() const { return entries_.size(); }
  Name at(std::size_t index) const;
  void add(std::string_view name, Sort sort, bool in_new);
  void sort_by_name();
  // Folders behind all files.
  void sort_folders_last();

 private:
  struct Entry {
    std::uint32_t block;
    std::uint16_t offset;  // In the block.
    std::uint16_t bytes;
    Sort sort;
    bool in_new;
  };
  std::string_view text_of(const Entry& entry) const {
    return std::string_view(blocks_[entry.block]).substr(entry.offset, entry.bytes);
  }

  // One string for all would be copied as it grows.
  static constexpr std::size_t kBlockBytes = 32 * 1024;
  std::vector<std::string> blocks_;
  std::vector<Entry> entries_;
};

// A folder that holds cur/ and new/ (https://cr.yp.to/proto/maildir.html).
bool is_maildir(const std::string& path);

// The files and folders of an ordinary folder by name, without those that are known to hold no
// mail: hidden files and the indexes of mail programs.  Of hidden folders only Maildirs, and those
// that KMail makes.  Of a Maildir: the files of cur/ and new/ by name, then the folders in it, as
// Maildir++ has them; tmp/ is left alone.
// Errors: Errc::NotFound, Denied, Unavailable with the folder in `where`; Errc::Limit past
// limits::kMailboxFiles.
Result<Names> list_folder(const std::string& path);
Result<Names> list_maildir(const std::string& path);

// Written by mail programs beside the mail.
bool is_index_name(std::string_view name);

}  // namespace backstop::mailbox
