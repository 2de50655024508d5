namespace FleetProf.Analyzer.Confinement;

/// <summary>The system calls that the confinement knows by name.</summary>
internal static class SystemCalls
{
    /// <summary>What a runtime that reads a file and writes others never asks for, and what those ask for who took it over.</summary>
    public static readonly SystemCall[] Refused =
    [
        // Programs and processes
        new("execve", 59, 221), new("execveat", 322, 281), new("fork", 57, null), new("vfork", 58, null),
        new("pidfd_open", 434, 434), new("pidfd_getfd", 438, 438), new("pidfd_send_signal", 424, 424), new("rt_sigqueueinfo", 129, 138),
        new("rt_tgsigqueueinfo", 297, 240), new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271),
        new("process_madvise", 440, 440), new("process_mrelease", 448, 448), new("kcmp", 312, 272), new("move_pages", 279, 239),
        new("migrate_pages", 256, 238),
        // Sockets and messages
        new("socket", 41, 198), new("socketpair", 53, 199), new("connect", 42, 203), new("bind", 49, 200),
        new("listen", 50, 201), new("accept", 43, 202), new("accept4", 288, 242), new("sendto", 44, 206),
        new("recvfrom", 45, 207), new("sendmsg", 46, 211), new("recvmsg", 47, 212), new("sendmmsg", 307, 269),
        new("recvmmsg", 299, 243), new("setsockopt", 54, 208), new("shmget", 29, 194), new("shmat", 30, 196),
        new("shmctl", 31, 195), new("shmdt", 67, 197), new("msgget", 68, 186), new("msgsnd", 69, 189),
        new("msgrcv", 70, 188), new("msgctl", 71, 187), new("semget", 64, 190), new("semop", 65, 193),
        new("semctl", 66, 191), new("semtimedop", 220, 192), new("mq_open", 240, 180), new("mq_unlink", 241, 181),
        new("mq_timedsend", 242, 182), new("mq_timedreceive", 243, 183), new("mq_notify", 244, 184), new("mq_getsetattr", 245, 185),
        // Mounts and namespaces
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51),
        new("unshare", 272, 97), new("setns", 308, 268), new("move_mount", 429, 429), new("open_tree", 428, 428),
        new("open_tree_attr", 467, 467), new("fsopen", 430, 430), new("fsconfig", 431, 431), new("fsmount", 432, 432),
        new("fspick", 433, 433), new("mount_setattr", 442, 442), new("swapon", 167, 224), new("swapoff", 168, 225),
        new("quotactl", 179, 60), new("quotactl_fd", 443, 443),
        // Users and rights
        new("setuid", 105, 146), new("setgid", 106, 144), new("setreuid", 113, 145), new("setregid", 114, 143),
        new("setresuid", 117, 147), new("setresgid", 119, 149), new("setfsuid", 122, 151), new("setfsgid", 123, 152),
        new("setgroups", 116, 159), new("capset", 126, 91), new("lsm_set_self_attr", 460, 460), new("add_key", 248, 217),
        new("request_key", 249, 218), new("keyctl", 250, 219),
        // Names and rights of files
        new("chmod", 90, null), new("fchmod", 91, 52), new("fchmodat", 268, 53), new("fchmodat2", 452, 452),
        new("chown", 92, null), new("fchown", 93, 55), new("lchown", 94, null), new("fchownat", 260, 54),
        new("link", 86, null), new("linkat", 265, 37), new("symlink", 88, null), new("symlinkat", 266, 36),
        new("mknod", 133, null), new("mknodat", 259, 33), new("setxattr", 188, 5), new("lsetxattr", 189, 6),
        new("fsetxattr", 190, 7), new("setxattrat", 463, 463), new("removexattr", 197, 14), new("lremovexattr", 198, 15),
        new("fremovexattr", 199, 16), new("removexattrat", 466, 466), new("file_setattr", 469, 469), new("name_to_handle_at", 303, 264),
        new("open_by_handle_at", 304, 265), new("fanotify_init", 300, 262), new("fanotify_mark", 301, 263),
        // Doors into the kernel
        new("bpf", 321, 280), new("perf_event_open", 298, 241), new("userfaultfd", 323, 282), new("io_uring_setup", 425, 425),
        new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427), new("io_setup", 206, 0), new("io_submit", 209, 2),
        new("io_destroy", 207, 1), new("io_getevents", 208, 4), new("io_cancel", 210, 3), new("splice", 275, 76),
        new("tee", 276, 77), new("vmsplice", 278, 75), new("memfd_secret", 447, 447), new("personality", 135, 92),
        new("modify_ldt", 154, null), new("uselib", 134, null), new("ioperm", 173, null), new("iopl", 172, null),
        // The machine
        new("init_module", 175, 105), new("finit_module", 313, 273), new("delete_module", 176, 106), new("kexec_load", 246, 104),
        new("kexec_file_load", 320, 294), new("reboot", 169, 142), new("syslog", 103, 116), new("acct", 163, 89),
        new("vhangup", 153, 58), new("settimeofday", 164, 170), new("clock_settime", 227, 112), new("clock_adjtime", 305, 266),
        new("adjtimex", 159, 171), new("sethostname", 170, 161), new("setdomainname", 171, 162), new("nfsservctl", 180, 42),
        new("lookup_dcookie", 212, 18),
    ];

    public static readonly SystemCall Clone = new("clone", 56, 220);
    public static readonly SystemCall Clone3 = new("clone3", 435, 435);
    public static readonly SystemCall FileControl = new("fcntl", 72, 25);
    public static readonly SystemCall Ioctl = new("ioctl", 16, 29);
    public static readonly SystemCall Kill = new("kill", 62, 129);
    public static readonly SystemCall LandlockAddRule = new("landlock_add_rule", 445, 445);
    public static readonly SystemCall LandlockCreateRuleset = new("landlock_create_ruleset", 444, 444);
    public static readonly SystemCall LandlockRestrictSelf = new("landlock_restrict_self", 446, 446);
    public static readonly SystemCall PrLimit = new("prlimit64", 302, 261);
    public static readonly SystemCall SecComp = new("seccomp", 317, 277);
    public static readonly SystemCall ThreadGroupKill = new("tgkill", 234, 131);
    public static readonly SystemCall ThreadKill = new("tkill", 200, 130);

    /// <summary>Allowed by their arguments.</summary>
    public static readonly SystemCall[] Judged = [Clone, FileControl, Ioctl, Kill, PrLimit, ThreadGroupKill];
}
