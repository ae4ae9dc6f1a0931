// Whether Postfix reads an edited configuration as it was meant.
#include <fmt/format.h>

#include "edge/mta/postfix_plan.h"

namespace backstop::mta {

Result<void> verify_only(const Postfix& postfix, const PostfixText& before,
                         const PostfixText& after, const std::vector<std::string>& settings) {
  BS_TRY(PostfixDraft draft, PostfixDraft::make(postfix));
  BS_TRY_VOID(draft.put(before));
  BS_TRY(auto was, draft.settings(false));
  BS_TRY_VOID(draft.put(after));
  BS_TRY(auto is, draft.settings(false));
  for (const std::string& name : settings) {
    was.erase(name);
    is.erase(name);
  }
  if (was == is) return {};
  for (const auto& [name, value] : is) {
    const auto found = was.find(name);
    if (found == was.end() || found->second != value) {
      return fail(Errc::Internal, name,
                  fmt::format("would become \"{}\" besides, so nothing is changed; send the "
                              "developers your main.cf and master.cf",
                              value));
    }
    was.erase(name);
  }
  return fail(Errc::Internal, was.begin()->first,
              "would be lost besides, so nothing is changed; send the developers your main.cf and "
              "master.cf");
}

}  // namespace backstop::mta
