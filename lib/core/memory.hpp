#pragma once

namespace ctl {

/// For main(): malloc keeps what is freed instead of giving it back to the kernel. Batches of records come and go by the second; each time
/// their pages would be faulted in anew (mallopt(3); nothing where malloc is not glibc's).
void keep_freed_memory() noexcept;

}  // namespace ctl
