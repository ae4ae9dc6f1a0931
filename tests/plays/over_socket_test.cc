// Every play over a real socket against the milter door with fakes behind its ports, and those that
// script neither clock nor answers nor keys against backstopd itself.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "app/first_ring.h"
#include "core/base/base32.h"
#include "core/play/standard_dkim.h"
#include "core/play/standard_ring.h"
#include "edge/door/wrong_tag_count.h"
#include "edge/milter/server.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "plays/on_the_wire.h"
#include "plays/plays.h"
#include "testing/fake_clock.h"
#include "testing/fake_containment.h"
#include "testing/fake_ledger.h"
#include "testing/fake_log.h"
#include "testing/fixed_surroundings.h"

namespace backstop::play {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "backstop-play-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void report(const std::string& origin, const Result<std::vector<Failure>>& failures) {
  ASSERT_TRUE(failures) << failures.error().text();
  for (const Failure& failure : *failures)
    ADD_FAILURE() << origin << ":" << failure.line << ": " << failure.text;
}

// Grants with the play's ring, unless the play scripted the next answer.
class ScriptedAnswers final : public ports::Answers {
 public:
  explicit ScriptedAnswers(std::shared_ptr<const proof::KeyRing> ring) : ring_(std::move(ring)) {}
  void ask_permit(Instant, Done done) override {
    Answer answer{.to = Answer::To::Permit, .granted = true, .nonce_hex = "0102030405"};
    {
      const std::scoped_lock lock(mutex_);
      if (next_ && next_->to == Answer::To::Permit) answer = *std::exchange(next_, std::nullopt);
    }
    if (!answer.granted || ring_ == nullptr) {
      done(fail(Errc::Unavailable, "", "scripted"));
      return;
    }
    transaction::SigningPermit permit{
        .ring = ring_, .key = ring_->emitting()->info().id, .nonce = {}};
    const auto nonce = decode_hex(answer.nonce_hex);
    std::copy(nonce->begin(), nonce->end(), permit.nonce.begin());
    done(permit);
  }
  void ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) override {
    {
      const std::scoped_lock lock(mutex_);
      if (next_ && next_->to == Answer::To::Ledger) {
        next_.reset();
        done(fail(Errc::Unavailable, "", "scripted"));
        return;
      }
    }
    done(ledger.look_up(query, now));
  }
  void ask_dkim_key(const proof::DkimKeyName& name, Instant, Done done) override {
    {
      const std::scoped_lock lock(mutex_);
      if (next_ && next_->to == Answer::To::DkimKey) {
        next_.reset();
        done(fail(Errc::Unavailable, "", "scripted"));
        return;
      }
    }
    done(standard_dns_answer(name));
  }
  testing::FakeLedger ledger;

  void set_next(const Answer& answer) {
    const std::scoped_lock lock(mutex_);
    next_ = answer;
  }

 private:
  std::shared_ptr<const proof::KeyRing> ring_;
  std::mutex mutex_;
  std::optional<Answer> next_;
};

class PlaysOverSocket : public ::testing::TestWithParam<std::string> {};

TEST_P(PlaysOverSocket, HoldAgainstTheDoor) {
  const Play play = load_play(GetParam());
  const auto config = config::parse_config(play.config, play.origin);
  ASSERT_TRUE(config) << config.error().text();
  const TemporaryFolder folder;
  const auto ring = standard_ring(play.keys);
  testing::FakeClock clock(standard_clock());
  testing::FakeLog log;
  ScriptedAnswers answers(ring);
  door::WrongTagCount wrong_tags;
  testing::FakeContainment containment;
  transaction::Surroundings stage{.config = std::make_shared<const config::Config>(*config),
                                  .ring = ring};
  if (config->asks_dkim()) stage.dkim = standard_dkim_keys();
  if (ring != nullptr)
    stage.hasher = std::make_shared<const proof::SentHasher>(ring->ring_secret());
  testing::FixedSurroundings surroundings(stage);
  milter::ServerOptions options;
  options.listen = {*config::parse_endpoint("unix:" + (folder / "milter.sock"))};
  options.threads = 1;
  const auto server = milter::start_server(options, {.clock = clock,
                                                     .surroundings = surroundings,
                                                     .answers = answers,
                                                     .log = log,
                                                     .ledger = &answers.ledger,
                                                     .wrong_tags = &wrong_tags,
                                                     .containment = &containment});
  ASSERT_TRUE(server) << server.error().text();

  std::size_t taken = 0;
  std::vector<proof::SigningGap> gaps;
  const Backstage backstage{
      .take_log =
          [&] {
            std::vector<std::string> lines;
            const auto all = log.lines();
            for (; taken < all.size(); ++taken)
              lines.push_back(all[taken].text);
            return lines;
          },
      .set_clock = [&](const SetClock& action) { clock.set(action.now); },
      .set_answer = [&](const Answer& action) { answers.set_next(action); },
      .set_attack =
          [&](const SetAttack& action) {
            stage.attack = action.attack;
            surroundings.set(stage);
          },
      .set_rules =
          [&](const SetRules& action) {
            stage.rules = std::make_shared<const watch::RuleBook>(action.rules);
            surroundings.set(stage);
          },
      .set_sampling = [&](const SetSampling& action) { containment.set_room(action.has_room); },
      .add_gap =
          [&](const AddGap& action) {
            gaps.push_back(action.gap);
            stage.gaps = std::make_shared<const std::vector<proof::SigningGap>>(gaps);
            surroundings.set(stage);
          }};
  report(GetParam(), act_on_the_wire(play, (*server)->endpoints().front(), backstage));
}

INSTANTIATE_TEST_SUITE_P(Folder, PlaysOverSocket, ::testing::ValuesIn(list_plays()),
                         [](const auto& play) { return title_of(play.param); });

// backstopd in a process of its own.
class DaemonProcess {
 public:
  DaemonProcess(const std::vector<std::string>& arguments, const std::string& log_path)
      : log_path_(log_path) {
    pid_ = fork();
    if (pid_ != 0) return;
    const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDERR_FILENO);
    std::vector<char*> argv;
    std::string program = BACKSTOPD;
    argv.push_back(program.data());
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  ~DaemonProcess() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
        << "backstopd ended with status " << status;
  }
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // False when the daemon died before it listened.  The socket's file alone says nothing: it is
  // there before anybody listens.
  bool await() {
    const auto listens = [&] {
      const auto lines = take_log();
      return std::any_of(lines.begin(), lines.end(),
                         [](const std::string& line) { return line.starts_with("listening on"); });
    };
    while (!listens()) {
      if (waitpid(pid_, nullptr, WNOHANG) != 0) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  std::vector<std::string> take_log() {
    std::ifstream in(log_path_);
    std::vector<std::string> lines;
    std::size_t number = 0;
    for (std::string line; std::getline(in, line); ++number) {
      if (number >= taken_) lines.push_back(line);
    }
    taken_ = number;
    return lines;
  }

 private:
  std::string log_path_;
  pid_t pid_ = -1;
  std::size_t taken_ = 0;
};

std::vector<std::string> list_plays_without_script() {
  std::vector<std::string> paths;
  for (const std::string& path : list_plays()) {
    if (load_play(path).needs_no_script()) paths.push_back(path);
  }
  return paths;
}

class PlaysAgainstDaemon : public ::testing::TestWithParam<std::string> {};

TEST_P(PlaysAgainstDaemon, HoldWithItsOwnClockAndKeys) {
  const Play play = load_play(GetParam());
  const TemporaryFolder folder;
  std::ofstream(folder / "backstop.toml") << play.config;
  os::KernelEntropy entropy;
  ASSERT_TRUE(
      app::make_first_ring(os::KeyStore(folder / "keys"), entropy, os::SystemClock().now()));
  const std::string socket = folder / "milter.sock";
  DaemonProcess daemon({"--config", folder / "backstop.toml", "--listen", "unix:" + socket, "--set",
                        "keys.directory=\"" + (folder / "keys") + "\"", "--set",
                        "store.directory=\"" + (folder / "store") + "\""},
                       folder / "log");
  ASSERT_TRUE(daemon.await()) << "backstopd did not start";
  const Backstage backstage{.take_log = [&] { return daemon.take_log(); }};
  report(GetParam(), act_on_the_wire(play, *config::parse_endpoint("unix:" + socket), backstage));
}

INSTANTIATE_TEST_SUITE_P(Folder, PlaysAgainstDaemon,
                         ::testing::ValuesIn(list_plays_without_script()),
                         [](const auto& play) { return title_of(play.param); });

}  // namespace
}  // namespace backstop::play
