// A Postfix on this host or in a tree: where it lives, and what its own programs say.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/mta/program.h"

namespace backstop::mta {

// The two files that say what Postfix does.
struct PostfixText {
  std::string main;
  std::string master;
  bool operator==(const PostfixText&) const = default;
};

class Postfix {
 public:
  // Looks for postconf below `root`, "/" or a tree.  Errors: Errc::NotFound when it is not there,
  // Errc::Denied, Errc::Invalid with Postfix's own words when it does not take its configuration.
  static Result<Postfix> find(const std::string& root);

  const std::string& root() const { return root_; }
  const std::string& version() const { return version_; }
  const std::string& config_directory() const { return config_directory_; }  // As seen below root.
  const std::string& queue_directory() const { return queue_directory_; }
  std::string main_path() const { return config_directory_ + "/main.cf"; }
  std::string master_path() const { return config_directory_ + "/master.cf"; }

  // Errors: Errc::NotFound with a sentence that says what to do; as read_rooted.
  Result<PostfixText> read() const;
  // postconf with these arguments; its standard output.  Errors: Errc::Invalid with its words.
  Result<std::string> ask(const std::vector<std::string>& arguments) const;
  // The value in force of one parameter, `$name` replaced.
  Result<std::string> value(const std::string& name) const;
  // `postfix check`, `postfix reload`: its exit code and words.
  Result<Outcome> run(const std::string& verb) const;
  // Another of its programs (postqueue, postcat, postsuper) on this configuration.  Errors: as
  // run_program.
  Result<Outcome> command(const std::string& name, const std::vector<std::string>& arguments,
                          const ProgramTalk& talk) const;

 private:
  std::string root_;
  std::string postconf_;
  std::string version_;
  std::string config_directory_;
  std::string queue_directory_;
};

// "5d", "30s"; a bare number counts `unit` (postconf(5): s m h d w).  Nothing for other text.
std::optional<Seconds> parse_postfix_time(std::string_view text, char unit);

// How long this host's queue keeps trying: Postfix's own word where it is here, else its default.
Seconds queue_lifetime(const std::string& root);

// A configuration that is not in force, which Postfix's own postconf is asked about.  Lives in a
// directory of its own below the root, removed when dropped.
class PostfixDraft {
 public:
  // `postfix` must live longer.  Errors: Errc::Denied or Errc::Unavailable without a place for it.
  static Result<PostfixDraft> make(const Postfix& postfix);
  ~PostfixDraft();
  PostfixDraft(PostfixDraft&& other) noexcept;
  PostfixDraft& operator=(PostfixDraft&&) = delete;

  Result<void> put(const PostfixText& text);
  // As Postfix::value, of the draft.
  Result<std::string> value(const std::string& name) const;
  // Everything main.cf and master.cf set, by "name" and "service/type/name"; `$name` replaced where
  // `replaced`.
  Result<std::map<std::string, std::string>> settings(bool replaced) const;

 private:
  PostfixDraft(const Postfix& postfix, std::string directory)
      : postfix_(postfix), directory_(std::move(directory)) {}
  const Postfix& postfix_;
  std::string directory_;  // As seen below the root.
};

}  // namespace backstop::mta
