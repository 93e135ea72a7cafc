#pragma once

/// Places where a test may end or hold the process, at the instants that matter for "kill -9 at any moment". Empty unless the build has
/// CTL_FAULTS (the dev preset): there MYKARTCTL_FAULT="<point>[:<n>]=kill|stop" acts on the n-th passage of the point.
namespace ctl {
void fault_point(const char* point) noexcept;
}

#ifdef CTL_FAULTS
#define CTL_FAULT(point) ::ctl::fault_point(point)
#else
#define CTL_FAULT(point) static_cast<void>(0)
#endif
