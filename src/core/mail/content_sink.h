// Where bytes of a part go on their way from the raw message to the visitor.
#pragma once

#include <string_view>

namespace backstop::mail {

class ContentSink {
 public:
  // The view is valid during the call and never empty.
  virtual void on_bytes(std::string_view bytes) = 0;

 protected:
  ~ContentSink() = default;
};

}  // namespace backstop::mail
