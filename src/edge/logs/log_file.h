// The lines of one log file, plain or compressed by gzip, zstd, xz or bzip2.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct archive;

namespace backstop::logs {

// One thread.
class LogFile {
 public:
  // trouble() says why it cannot be opened; then there are no lines.  Only regular files are.
  explicit LogFile(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // The next line without its end; valid until the next call.  False at the end.  A line longer
  // than limits::kLogLineBytes comes out empty.
  bool next(std::string_view& line);

  std::size_t bytes() const { return bytes_; }
  // Why it was not read to its end; "" when all is well.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Close {
    void operator()(archive* file) const;
  };
  bool fill();

  int fd_ = -1;
  std::unique_ptr<archive, Close> file_;
  std::vector<char> buffer_;
  std::size_t from_ = 0;  // What is not handed out yet lies in [from_, to_).
  std::size_t to_ = 0;
  std::size_t bytes_ = 0;
  bool ended_ = false;
  bool overlong_ = false;  // Inside a line that is too long.
  std::string trouble_;
};

}  // namespace backstop::logs
