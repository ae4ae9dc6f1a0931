// Packed files and archives as sources of messages.
#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "edge/mailbox/archive.h"
#include "edge/mailbox/content.h"
#include "edge/mailbox/folder.h"
#include "edge/mailbox/reading_state.h"

namespace backstop::mailbox {
namespace {

// What is shared with the streams of its members, which may not outlive it.
struct OpenArchive {
  Archive archive;
  const std::uint64_t& disk_bytes;
  std::uint64_t disk_begin;  // Of disk_bytes, where this archive began.
  std::uint64_t unpacked_bytes = 0;
  bool too_much = false;
};

class MemberStream final : public ByteStream {
 public:
  MemberStream(OpenArchive& open, std::string path) : open_(open), path_(std::move(path)) {}

  std::size_t read(char* into, std::size_t bytes) override {
    const std::size_t got = open_.archive.read(into, bytes);
    open_.unpacked_bytes += got;
    if (open_.archive.error()) {
      error_ = open_.archive.error();
      error_->where = path_;
    } else if (is_too_much()) {
      open_.too_much = true;
      error_ =
          Error{Errc::Limit, path_, "unpacks to far more than mail does; the rest is not read"};
      return std::min(got, bytes - 1);
    }
    return got;
  }

 private:
  bool is_too_much() const {
    const std::uint64_t packed = open_.disk_bytes - open_.disk_begin + 1;
    return open_.unpacked_bytes > limits::kMailboxUnpackedBytes &&
           open_.unpacked_bytes / packed > limits::kMailboxUnpackedTimes;
  }

  OpenArchive& open_;
  std::string path_;
};

class ArchiveSource final : public Source {
 public:
  ArchiveSource(Opened opened, Archive::Form form, const std::uint64_t& disk_bytes)
      : opened_(std::move(opened)),
        open_{.archive = Archive(std::move(opened_.stream), form),
              .disk_bytes = disk_bytes,
              .disk_begin = disk_bytes} {}

  Step step(ReadingState& state) override {
    // What a member could not give was told there.
    if (open_.too_much || open_.archive.is_broken()) return Step::Done;
    const auto member = open_.archive.next();
    if (!member) {
      if (const auto& error = open_.archive.error()) {
        state.unreadable(opened_.path, open_.archive.offset(),
                         {error->code, opened_.path, error->detail});
      }
      return Step::Done;
    }
    if (++members_ > limits::kMailboxArchiveMembers) {
      state.unreadable(opened_.path, open_.archive.offset(),
                       {Errc::Limit, opened_.path, "holds more files than are read at once"});
      return Step::Done;
    }
    if (member->name.empty()) {
      read_opened(state, inner(opened_.source, opened_.path, opened_.met));
    } else if (member->is_file && may_be_mail(member->name)) {
      const std::string path = opened_.path + "!" + member->name;
      const bool maildir = folder_of(member->name) == "cur" || folder_of(member->name) == "new";
      read_opened(state, inner(path, path, maildir ? Met::Maildir : Met::Tree));
    }
    return Step::More;
  }

 private:
  // The folder a member stands in, without those around it.
  static std::string_view folder_of(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    if (slash == name.npos) return {};
    name = name.substr(0, slash);
    const std::size_t before = name.rfind('/');
    return before == name.npos ? name : name.substr(before + 1);
  }

  static bool may_be_mail(std::string_view name) {
    if (name.starts_with("__MACOSX/")) return false;
    const std::string_view last = name.substr(name.rfind('/') + 1);
    if (is_index_name(last)) return false;
    // Not delivered yet: what a Maildir's names look like, in its tmp/.
    const std::size_t dot = last.find('.');
    const bool digits =
        dot != last.npos && dot >= 9 && std::ranges::all_of(last.substr(0, dot), ascii::is_digit);
    return !(digits && folder_of(name) == "tmp");
  }

  Opened inner(std::string source, std::string path, Met met) {
    auto stream = std::make_unique<MemberStream>(open_, path);
    return {.stream = std::move(stream),
            .source = std::move(source),
            .path = std::move(path),
            .number = met == Met::Maildir ? opened_.number : 0,
            .met = met,
            .depth = opened_.depth + 1};
  }

  Opened opened_;
  OpenArchive open_;
  std::size_t members_ = 0;
};

}  // namespace

void read_container(ReadingState& state, Opened opened, Content content) {
  std::string head(state.builder.tail());
  state.builder.drop(head.size());
  if (opened.depth >= limits::kMailboxArchiveDepth) {
    return state.unreadable(
        opened.path, 0,
        {Errc::Limit, opened.path, "is packed into too many archives within each other"});
  }
  std::uint64_t& disk_bytes = state.builder.disk_bytes();
  if (opened.stream->seek(0)) {
    // It is read again.
    disk_bytes -= head.size();
  } else {
    opened.stream = put_back(std::move(head), std::move(opened.stream));
  }
  const auto form = content == Content::Zip   ? Archive::Form::Zip
                    : content == Content::Tar ? Archive::Form::Tar
                                              : Archive::Form::Packed;
  state.push(std::make_unique<ArchiveSource>(std::move(opened), form, disk_bytes));
}

}  // namespace backstop::mailbox
