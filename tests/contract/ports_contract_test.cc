// What every implementation of a port must do, real or fake: a fake that passes here may stand in
// for the real one everywhere else.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/proof/key_change.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "edge/os/key_store.h"
#include "edge/os/key_store_permits.h"
#include "edge/os/log.h"
#include "testing/fake_clock.h"
#include "testing/fake_entropy.h"
#include "testing/fake_log.h"
#include "testing/fake_permits.h"
#include "testing/temporary_directory.h"

namespace backstop {
namespace {

template <class Act>
void on_threads(unsigned threads, Act act) {
  std::vector<std::thread> running;
  for (unsigned i = 0; i < threads; ++i)
    running.emplace_back(act);
  for (auto& thread : running)
    thread.join();
}

// --- Clock

template <class C>
class ClockContract : public ::testing::Test {};
using Clocks = ::testing::Types<os::SystemClock, testing::FakeClock>;
TYPED_TEST_SUITE(ClockContract, Clocks);

TYPED_TEST(ClockContract, TellsATimeTokensCanCarry) {
  const TypeParam clock;
  EXPECT_GT(clock.now(), parse_instant("2020-01-01").value());
  EXPECT_LT(clock.now(), parse_instant("2106-01-01").value());
}

TYPED_TEST(ClockContract, DoesNotGoBackByItself) {
  const TypeParam clock;
  const Instant before = clock.now();
  EXPECT_GE(clock.now(), before);
}

TYPED_TEST(ClockContract, AnswersAnyThread) {
  const TypeParam clock;
  on_threads(4, [&] { EXPECT_NE(clock.now(), Instant{}); });
}

// --- Entropy

template <class E>
class EntropyContract : public ::testing::Test {};
using Entropies = ::testing::Types<os::KernelEntropy, testing::FakeEntropy>;
TYPED_TEST_SUITE(EntropyContract, Entropies);

TYPED_TEST(EntropyContract, FillsEveryByteAndOnlyThose) {
  TypeParam entropy;
  // A byte that is never written stays zero in all of 64 fills; a written one does not.
  std::array<bool, 32> seen{};
  for (int i = 0; i < 64; ++i) {
    std::array<std::uint8_t, 34> bytes{};
    entropy.fill(std::span(bytes).subspan(1, 32));
    for (std::size_t j = 0; j < 32; ++j)
      seen[j] = seen[j] || bytes[j + 1] != 0;
    EXPECT_EQ(bytes.front(), 0);
    EXPECT_EQ(bytes.back(), 0);
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](bool s) { return s; }));
}

TYPED_TEST(EntropyContract, DoesNothingToNothing) {
  TypeParam entropy;
  entropy.fill({});
}

TYPED_TEST(EntropyContract, NeverRepeatsAcrossThreads) {
  TypeParam entropy;
  std::mutex mutex;
  std::set<std::array<std::uint8_t, 16>> all;
  on_threads(4, [&] {
    for (int i = 0; i < 100; ++i) {
      std::array<std::uint8_t, 16> bytes{};
      entropy.fill(bytes);
      const std::scoped_lock lock(mutex);
      all.insert(bytes);
    }
  });
  EXPECT_EQ(all.size(), 400u);
}

// --- SigningPermits

const Instant kNow = parse_instant("2026-11-21T03:23:34Z").value();

crypto::Secret secret_of(std::uint8_t byte) {
  return crypto::Secret(std::vector<std::uint8_t>(32, byte));
}

proof::KeyRing ring_without_emission() {
  return proof::add_key(proof::KeyRing(secret_of(9), {}), secret_of(1), kNow).value();
}

class RealPermits {
 public:
  ports::SigningPermits& with(proof::KeyRing ring) {
    EXPECT_TRUE(store_.save(store_.lock_new().value(), nullptr, ring).has_value());
    permits_ = os::KeyStorePermits::open(store_, entropy_).value();
    return *permits_;
  }

 private:
  const testing::TemporaryDirectory temporary_;
  const os::KeyStore store_{temporary_ / "keys"};
  os::KernelEntropy entropy_;
  std::unique_ptr<os::KeyStorePermits> permits_;
};

class ScriptedPermits {
 public:
  ports::SigningPermits& with(proof::KeyRing ring) {
    permits_ = std::make_unique<testing::FakePermits>(
        std::make_shared<const proof::KeyRing>(std::move(ring)));
    return *permits_;
  }

 private:
  std::unique_ptr<testing::FakePermits> permits_;
};

template <class P>
class SigningPermitsContract : public ::testing::Test {
 protected:
  P maker_;
};
using Permits = ::testing::Types<RealPermits, ScriptedPermits>;
TYPED_TEST_SUITE(SigningPermitsContract, Permits);

TYPED_TEST(SigningPermitsContract, NamesTheKeyThatEmits) {
  auto& permits = this->maker_.with(proof::rotate_to(ring_without_emission(), 1).value());
  const auto permit = permits.permit(kNow);
  ASSERT_TRUE(permit) << permit.error().text();
  ASSERT_NE(permit->ring, nullptr);
  ASSERT_NE(permit->ring->emitting(), nullptr);
  EXPECT_EQ(permit->key, permit->ring->emitting()->info().id);
}

TYPED_TEST(SigningPermitsContract, SaysNotFoundWhenNoKeyEmits) {
  auto& permits = this->maker_.with(ring_without_emission());
  const auto permit = permits.permit(kNow);
  ASSERT_FALSE(permit);
  EXPECT_EQ(permit.error().code, Errc::NotFound);
}

TYPED_TEST(SigningPermitsContract, GivesEachMessageANonceOfItsOwnOnAnyThread) {
  auto& permits = this->maker_.with(proof::rotate_to(ring_without_emission(), 1).value());
  std::mutex mutex;
  std::set<proof::Nonce> nonces;
  on_threads(4, [&] {
    for (int i = 0; i < 50; ++i) {
      const auto permit = permits.permit(kNow);
      ASSERT_TRUE(permit);
      const std::scoped_lock lock(mutex);
      nonces.insert(permit->nonce);
    }
  });
  EXPECT_EQ(nonces.size(), 200u);
}

// --- LogSink

class RealLog {
 public:
  RealLog() { ::testing::internal::CaptureStderr(); }
  ~RealLog() {
    if (!taken_) ::testing::internal::GetCapturedStderr();
  }
  ports::LogSink& sink() { return *sink_; }
  std::string text() {
    taken_ = true;
    return ::testing::internal::GetCapturedStderr();
  }

 private:
  bool taken_ = false;
  std::unique_ptr<ports::LogSink> sink_ =
      os::open_log(os::LogTarget::Stderr, ports::LogLevel::Debug);
};

class CollectedLog {
 public:
  ports::LogSink& sink() { return log_; }
  std::string text() { return log_.text(); }

 private:
  testing::FakeLog log_;
};

template <class L>
class LogSinkContract : public ::testing::Test {
 protected:
  L log_;
};
using Logs = ::testing::Types<RealLog, CollectedLog>;
TYPED_TEST_SUITE(LogSinkContract, Logs);

TYPED_TEST(LogSinkContract, KeepsEveryLineOfEveryThreadWholeAndInItsOrder) {
  on_threads(4, [&] {
    for (int i = 0; i < 25; ++i)
      this->log_.sink().write(ports::LogLevel::Info, "4Bx: decision=accept from=<>");
  });
  this->log_.sink().write(ports::LogLevel::Warning, "last");
  const std::string text = this->log_.text();
  EXPECT_EQ(std::ranges::count(text, '\n'), 101);
  std::size_t whole = 0;
  for (auto at = text.find("4Bx: decision=accept from=<>\n"); at != std::string::npos;
       at = text.find("4Bx: decision=accept from=<>\n", at + 1)) {
    ++whole;
  }
  EXPECT_EQ(whole, 100u);
  EXPECT_TRUE(text.ends_with("last\n"));
}

TYPED_TEST(LogSinkContract, TakesEveryLevelAndAnEmptyLine) {
  for (const auto level : {ports::LogLevel::Debug, ports::LogLevel::Info, ports::LogLevel::Warning,
                           ports::LogLevel::Error, ports::LogLevel::Alarm}) {
    this->log_.sink().write(level, "");
  }
  const std::string text = this->log_.text();
  EXPECT_EQ(std::ranges::count(text, '\n'), 5);
}

}  // namespace
}  // namespace backstop
