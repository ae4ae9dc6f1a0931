#include "edge/mta/held_queue.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "edge/mta/exim_held.h"
#include "edge/mta/postfix_held.h"
#include "edge/mta/sendmail_held.h"

namespace backstop::mta {

bool is_queue_id(std::string_view text) {
  constexpr std::size_t kShortest = 5;
  constexpr std::size_t kLongest = 40;
  if (text.size() < kShortest || text.size() > kLongest || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return ascii::is_alnum(c) || c == '-'; });
}

Result<std::unique_ptr<HeldQueue>> open_held_queue(const std::string& root) {
  auto postfix = Postfix::find(root);
  if (postfix) return std::unique_ptr<HeldQueue>(new PostfixHeld(*std::move(postfix)));
  if (postfix.error().code != Errc::NotFound) return tl::unexpected<Error>(postfix.error());
  auto exim = EximHeld::find(root);
  if (exim) return std::unique_ptr<HeldQueue>(new EximHeld(*std::move(exim)));
  auto sendmail = SendmailHeld::find(root);
  if (sendmail) return std::unique_ptr<HeldQueue>(new SendmailHeld(*std::move(sendmail)));
  return fail(Errc::NotFound, "mail server",
              "there is no Postfix, Exim or Sendmail here, whose queue could be looked at");
}

}  // namespace backstop::mta
