#include "core/memory.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace ctl {

void keep_freed_memory() noexcept {
#ifdef __GLIBC__
  constexpr int mebibyte = 1 << 20;
  ::mallopt(M_TRIM_THRESHOLD, 64 * mebibyte);
  ::mallopt(M_MMAP_THRESHOLD, 4 * mebibyte);  // above the buffers of a batch: fresh pages for each otherwise
  ::mallopt(M_TOP_PAD, 4 * mebibyte);
#endif
}

}  // namespace ctl
