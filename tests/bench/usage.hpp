#pragma once
#include <sys/resource.h>

#include <algorithm>
#include <vector>

/// What this process has used so far, or with RUSAGE_CHILDREN the ones that it has waited for.
inline double cpu_seconds(int whose = RUSAGE_SELF) {
  rusage used{};
  ::getrusage(whose, &used);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}
inline long peak_kilobytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

/// Of at least one value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}
