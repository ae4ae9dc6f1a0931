#include "core/transaction/held_book.h"

#include <gtest/gtest.h>

namespace backstop::transaction {
namespace {

constexpr Instant kArrived{Seconds{1'764'000'000}};

HeldBook example() {
  HeldBook book;
  book.notified = kArrived + Days{1};
  book.expired = 3;
  book.ran = kArrived + Days{40};
  book.entries["4fzXL83qRTz1xW"] = {.arrived = kArrived,
                                    .verdict = "forged",
                                    .kind = "bounce",
                                    .reasons = "no-proof,covered",
                                    .overdue = kArrived + Days{31}};
  book.entries["1vMyZ0-000000001-0abc"] = {.arrived = kArrived,
                                           .verdict = "unproven",
                                           .kind = "delay",
                                           .reasons = "",
                                           .overdue = std::nullopt};
  return book;
}

TEST(HeldBook, IsTheSameAgainFromItsText) {
  std::size_t unreadable = 0;
  EXPECT_EQ(parse_held_book(render_held_book(example()), &unreadable), example());
  EXPECT_EQ(unreadable, 0U);
  EXPECT_EQ(parse_held_book("", &unreadable), HeldBook());
}

TEST(HeldBook, PassesOverWhatIsNoLineOfItsOwn) {
  std::size_t unreadable = 0;
  const std::string text =
      "held 4fzXL 2026-13-01T00:00:00Z forged bounce -\nheld 4fzXL\n\nexpired x\n"
      "overdue 4fzXL 2026-11-01T00:00:00Z\nran soon\n"
      "held 4fzXL 2026-11-01T00:00:00Z forged bounce - more\n" +
      render_held_book(example());
  EXPECT_EQ(parse_held_book(text, &unreadable), example());
  EXPECT_EQ(unreadable, 7U);
}

}  // namespace
}  // namespace backstop::transaction
