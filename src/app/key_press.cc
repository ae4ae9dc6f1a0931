#include "app/key_press.h"

#include <unistd.h>

#include <cerrno>

namespace backstop::app {
namespace {

constexpr char kInterrupt = 3;   // Ctrl-C: signals are off, so that the terminal is put back.
constexpr char kEndOfInput = 4;  // Ctrl-D

}  // namespace

KeyPresses::KeyPresses() {
  if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  changed_ = tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
}

KeyPresses::~KeyPresses() {
  if (changed_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

std::optional<char> KeyPresses::next() {
  char key = 0;
  ssize_t read_bytes = 0;
  do {
    read_bytes = read(STDIN_FILENO, &key, 1);
  } while (read_bytes < 0 && errno == EINTR);
  if (read_bytes != 1 || key == kInterrupt || key == kEndOfInput) return std::nullopt;
  return key;
}

}  // namespace backstop::app
