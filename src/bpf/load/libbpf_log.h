// Keeps libbpf's messages for our errors instead of printing them. libbpf's print function is global: each thread has
// its own capture.
#pragma once

#include <string>

namespace sonde::bpf {

class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // The warnings since this capture began, without the "libbpf: " before each line.
  const std::string& text() const { return text_; }
  // The line that names the cause: the first warning, which is the deepest.
  std::string cause() const;

 private:
  friend void capture_line(std::string_view line);
  std::string text_;
  Capture* outer_;
};

// Registers our print function and the handler of "sonde/" sections with libbpf, once per process.
void prepare_libbpf();

}  // namespace sonde::bpf
