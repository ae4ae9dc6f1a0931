#include "core/reading/request_words.h"

#include "core/base/limits.h"

namespace backstop::reading {
namespace {

using W = RequestWord;

// In normal text.  Order of languages: en de fr es it pt nl sv da no fi pl cs hu ro el ru uk tr he
// ar ja zh ko and others; of most groups.
constexpr Stems<RequestWord> kStems[] = {
#include "core/reading/request_words.inc"
};

constexpr StemIndex<kStems> kIndex;

}  // namespace

RequestWords::RequestWords(std::string_view normal) {
  kIndex.search(normal.substr(0, limits::kNoticeWordBytes),
                [this](std::size_t at, RequestWord word) { note(at, word); });
}

unsigned RequestWords::count_asks() const {
  return unsigned{has(W::Verify)} + unsigned{has(W::Reply)} + unsigned{has(W::Code)} +
         unsigned{has(W::Link) && has_any(W::Click, W::Verify, W::Human)};
}

unsigned RequestWords::count_reasons() const {
  return 2 * unsigned{has(W::Human)} + unsigned{has(W::Guard)} + unsigned{has(W::Unknown)} +
         unsigned{has(W::Once)};
}

unsigned RequestWords::count_states() const {
  return unsigned{has(W::Held)} + unsigned{has(W::Deliver)} + unsigned{has(W::Sender)};
}

unsigned RequestWords::count_titles() const {
  return unsigned{has(W::Verify)} + unsigned{has(W::Human)} + unsigned{has(W::Sender)} +
         unsigned{has(W::Held)} + unsigned{has(W::Unknown)} + unsigned{has(W::Guard)} +
         unsigned{has_any(W::Reply, W::Deliver)};
}

}  // namespace backstop::reading
