#include "edge/webhook/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace backstop::webhook {

Result<std::unique_ptr<Delivery>> Delivery::open(DeliveryOptions options, const ports::Clock& clock,
                                                 DeliveryObserver& observer) {
  BS_TRY(Poster poster, Poster::make(options.target));
  BS_TRY(Spool spool, Spool::open(options.spool_path, options.spool_bytes));
  return std::unique_ptr<Delivery>(
      new Delivery(std::move(options), std::move(spool), std::move(poster), clock, observer));
}

Delivery::Delivery(DeliveryOptions options, Spool spool, Poster poster, const ports::Clock& clock,
                   DeliveryObserver& observer)
    : options_(std::move(options)),
      clock_(clock),
      observer_(observer),
      was_damaged_(spool.was_damaged()),
      poster_(std::move(poster)),
      spool_(std::move(spool)) {}

Delivery::~Delivery() {
  stop();
}

void Delivery::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Delivery::add(std::string_view document) {
  Result<void> added;
  {
    const std::scoped_lock lock(mutex_);
    added = spool_.append(document, clock_.now());
  }
  if (!added) return observer_.on_dropped(added.error().text());
  wake_.notify_all();
}

std::size_t Delivery::waiting() const {
  const std::scoped_lock lock(mutex_);
  return spool_.waiting();
}

void Delivery::run() {
  for (;;) {
    Result<std::optional<Spool::Line>> line = std::nullopt;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_stopping_.load() || spool_.waiting() > 0; });
      if (is_stopping_.load()) return;
      line = spool_.front();
    }
    if (line && *line) {
      deliver(**line);
    } else if (!line) {
      observer_.on_waiting(line.error().text());
      rest(options_.waits.back());
    }
  }
}

bool Delivery::pop() {
  Result<void> popped;
  {
    const std::scoped_lock lock(mutex_);
    popped = spool_.pop();
  }
  failed_ = 0;
  front_tries_ = 0;
  aside_ = 0;
  if (popped) return true;
  // It is delivered again rather than lost; but not in a loop.
  observer_.on_waiting(popped.error().text());
  rest(options_.waits.back());
  return false;
}

void Delivery::deliver(const Spool::Line& line) {
  if (line.text.empty()) {
    if (pop()) observer_.on_given_up("a line of the spool is none");
    return;
  }
  const Instant now = clock_.now();
  const Answer answer = poster_.post(line.text, now, is_stopping_);
  if (is_stopping_.load() && answer.outcome != Outcome::Delivered) return;
  if (answer.outcome == Outcome::Delivered) {
    if (pop()) observer_.on_delivered();
    return;
  }
  const bool is_old = now >= line.at + options_.give_up;
  if (answer.outcome == Outcome::Refused || is_old) {
    if (pop())
      observer_.on_given_up(is_old ? fmt::format("{}; it has waited since {}", answer.sentence,
                                                 render_instant(line.at))
                                   : answer.sentence);
    return;
  }
  const std::size_t step = std::min(failed_++, options_.waits.size() - 1);
  observer_.on_waiting(answer.sentence);
  const auto wait = std::max<std::chrono::milliseconds>(
      options_.waits[step], answer.retry_after.value_or(std::chrono::seconds{0}));
  if (answer.is_about_document) ++front_tries_;
  // Once one was set behind, the next ones only show whether the receiver takes any at all.
  const unsigned most = aside_ == 0 ? limits::kWebhookTriesInFront : 1;
  if (front_tries_ >= most) return let_others_by(wait);
  rest(wait);
}

void Delivery::let_others_by(std::chrono::milliseconds wait) {
  const bool is_first = aside_ == 0;
  Result<void> put;
  {
    std::unique_lock lock(mutex_);
    const auto has_others = [&] { return is_stopping_.load() || spool_.waiting() > 1; };
    // Alone it keeps nobody waiting, and whoever comes is let by at once.
    if (is_first && !wake_.wait_for(lock, wait, has_others)) return;
    if (is_stopping_.load()) return;
    put = spool_.put_last();
  }
  if (!put) {
    observer_.on_waiting(put.error().text());
    return rest(options_.waits.back());
  }
  front_tries_ = 0;
  ++aside_;
  rest(is_first ? options_.waits.front() : wait);
}

void Delivery::rest(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, wait, [&] { return is_stopping_.load(); });
}

}  // namespace backstop::webhook
