// Where a sink writes. Sinks know no file descriptors: a test collects what they write, a process that runs several
// tools gives each its own.
#pragma once

#include <string>
#include <string_view>

namespace sonde::tool {

class Output {
 public:
  virtual ~Output() = default;
  virtual void put(std::string_view bytes) = 0;
  virtual bool is_terminal() const { return false; }
  virtual bool failed() const { return false; }  // nothing that is written from now on arrives: the run may end
};

Output& standard_output();

class CollectedOutput : public Output {
 public:
  void put(std::string_view bytes) override { text_ += bytes; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace sonde::tool
