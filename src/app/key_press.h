// A terminal that gives keys one by one, without Enter and without showing them.
#pragma once

#include <termios.h>

#include <optional>

namespace backstop::app {

class KeyPresses {
 public:
  // On standard input.  REQUIRES: it is a terminal.
  KeyPresses();
  // As the terminal was.
  ~KeyPresses();
  KeyPresses(const KeyPresses&) = delete;
  KeyPresses& operator=(const KeyPresses&) = delete;

  // Waits.  Nothing at the end of the input, and after Ctrl-C or Ctrl-D.
  std::optional<char> next();

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace backstop::app
