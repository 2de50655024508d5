using System.Diagnostics;
using System.Globalization;

namespace FleetProf.TestKit.Processes;

/// <summary>
/// A PostgreSQL server of its own in a temporary folder, from Debian's package, on a free port of 127.0.0.1, with passwords and fsync as in
/// production and sorted by another language than byte order. It ends with this object, and at the end of this process however that comes about.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "fleetprof";
    public const string Password = "s3cret-of-the-tests";

    private const string ReadyLine = "database system is ready to accept connections";

    // The server must not run as root; stdin ends when we do, and with it the server; a signal to our whole group must not end its guard first.
    private const string Guard = "\"$@\" </dev/null & child=$!; trap '' TERM INT HUP; cat >/dev/null; kill -QUIT $child 2>/dev/null; wait $child";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private readonly string bin = FindBin();
    private readonly string folder;
    private Process? guard;
    private string[] tls = [];

    private PostgresServer(string folder) => this.folder = folder;

    public int Port { get; } = FreePort.Next();

    /// <summary>Major version.</summary>
    public string Version => Path.GetFileName(Path.GetDirectoryName(bin)!);

    /// <summary>Of the server and all its processes, also those that have ended.</summary>
    public double CpuSeconds
    {
        get
        {
            var postmaster = ServerPid();
            return RunningProcess.ChildrenOf(postmaster).Select(child => child.Pid).Append(postmaster).Sum(pid => Jiffies(pid, withChildren: pid == postmaster)) / 100.0;
        }
    }

    private string Data => Path.Combine(folder, "data");

    /// <summary>Creates a cluster and starts its server. Throws with the words of initdb or of the server.</summary>
    public static Task<PostgresServer> StartNewAsync() => StartNewAsync(_ => Task.CompletedTask);

    /// <summary>The same, with a certificate of its own (PEM), and closed to all who do not come by TLS with one of these authorities'.</summary>
    public static Task<PostgresServer> StartTlsAsync(string certificate, string key, string authorities) => StartNewAsync(async server =>
    {
        (string Setting, string Text)[] files = [("ssl_cert_file", certificate), ("ssl_key_file", key), ("ssl_ca_file", authorities), ("hba_file", "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n")];
        foreach (var (setting, text) in files)
        {
            await File.WriteAllTextAsync(server.In(setting), text);
            await RunAsync("/bin/chmod", asRoot: true, "600", server.In(setting));
            await GiveToServerUserAsync(server.In(setting));
        }

        server.tls = ["-c", "ssl=on", .. files.SelectMany(file => new[] { "-c", $"{file.Setting}={server.In(file.Setting)}" })];
    });

    private static async Task<PostgresServer> StartNewAsync(Func<PostgresServer, Task> prepare)
    {
        var folder = Directory.CreateTempSubdirectory("fleetprof-pg-").FullName;
        var server = new PostgresServer(folder);
        try
        {
            await server.InitialiseAsync();
            await prepare(server);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionString(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password}");

    /// <summary>As an operator would: pg_dump of a database, restored by pg_restore into another one, which must be there and empty.</summary>
    public async Task CopyByBackupAsync(string from, string to)
    {
        var backup = Path.Combine(folder, $"{from}.dump");
        string[] server = ["-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User];
        await RunAsync([Path.Combine(bin, "pg_dump"), .. server, "--format=custom", $"--file={backup}", from]);
        await RunAsync([Path.Combine(bin, "pg_restore"), .. server, "--exit-on-error", $"--dbname={to}", backup]);
    }

    /// <summary>SQL by psql, as an administrator would.</summary>
    public Task ExecuteAsync(string database, string sql) =>
        RunAsync(Path.Combine(bin, "psql"), "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", User, "-d", database, "-v", "ON_ERROR_STOP=1", "-q", "-c", sql);

    /// <summary>Starts it again after <see cref="KillAsync"/> or <see cref="StopAsync"/>; returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        guard?.Dispose();
        guard = Process.Start(AsServerUser([
            "/bin/sh", "-c", Guard, "sh", Path.Combine(bin, "postgres"), "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "fsync=on", "-c", "lc_messages=C", .. tls]))!;
        guard.OutputDataReceived += (_, _) => { };
        guard.BeginOutputReadLine();
        var said = new List<string>();
        using var limit = new CancellationTokenSource(StartLimit);
        while (await guard.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            said.Add(line);
            if (line.Contains(ReadyLine, StringComparison.Ordinal))
            {
                var rest = guard;
                _ = Task.Run(() => rest.StandardError.ReadToEndAsync(CancellationToken.None), CancellationToken.None);
                return;
            }

            // A silo that tries already is told to wait.
            if (line.Contains("FATAL", StringComparison.Ordinal) && !line.Contains("starting up", StringComparison.Ordinal) && !line.Contains("not yet accepting", StringComparison.Ordinal))
            {
                break;
            }
        }

        throw new InvalidOperationException($"PostgreSQL did not start:\n{string.Join('\n', said)}");
    }

    /// <summary>kill -9 of the server; its other processes end by themselves when they notice.</summary>
    public async Task KillAsync()
    {
        var postmaster = ServerPid();
        var children = await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children");
        var family = children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).Append(postmaster).Select(Find).ToList();
        family[^1]?.Kill();
        foreach (var process in family.OfType<Process>())
        {
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await EndGuardAsync();
    }

    /// <summary>As pg_ctl stop -m immediate: no checkpoint, no goodbye; the next start recovers.</summary>
    public async Task StopAsync()
    {
        await RunAsync(Path.Combine(bin, "pg_ctl"), "stop", "-m", "immediate", "-w", "-D", Data);
        await EndGuardAsync();
    }

    /// <summary>Stops all processes of the server where they are: connections are taken and nothing is answered.</summary>
    public Task SuspendAsync() => SignalAsync("-STOP");

    public Task ResumeAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync()
    {
        await EndGuardAsync();
        guard?.Dispose();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task InitialiseAsync()
    {
        await GiveToServerUserAsync(folder);
        var password = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(password, Password);
        await RunAsync(
            Path.Combine(bin, "initdb"), "-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8",
            "--locale-provider=icu", "--icu-locale=en", "--no-sync");
    }

    private string In(string name) => Path.Combine(folder, name);

    private static async Task GiveToServerUserAsync(string path)
    {
        if (Environment.UserName == "root")
        {
            await RunAsync("/bin/chown", asRoot: true, ServerUser(), path);
        }
    }

    private static Task RunAsync(params string[] command) => RunAsync(command[0], asRoot: false, command[1..]);

    private static async Task RunAsync(string program, bool asRoot, params string[] arguments)
    {
        var start = asRoot ? new ProcessStartInfo(program, arguments) : AsServerUser([program, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(StartLimit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {errors}{await output}");
        }
    }

    private Task SignalAsync(string signal)
    {
        var postmaster = ServerPid();
        var family = RunningProcess.ChildrenOf(postmaster).Select(child => child.Pid).Append(postmaster).Select(pid => pid.ToString(CultureInfo.InvariantCulture));
        return RunAsync(["/bin/kill", signal, .. family]);
    }

    private async Task EndGuardAsync()
    {
        if (guard is { HasExited: false })
        {
            guard.StandardInput.Close();
            await guard.WaitForExitAsync();
        }
    }

    private int ServerPid() => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static long Jiffies(int pid, bool withChildren)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(11).Take(withChildren ? 4 : 2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static Process? Find(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static ProcessStartInfo AsServerUser(params string[] command)
    {
        string[] all = Environment.UserName == "root" ? ["setpriv", $"--reuid={ServerUser()}", $"--regid={ServerUser()}", "--clear-groups", .. command] : command;
        return new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(), Environment = { ["PGPASSWORD"] = Password },
        };
    }

    /// <summary>Debian's package creates it.</summary>
    private static string ServerUser() => "postgres";

    private static string FindBin() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault() ?? Missing()
        : Missing();

    private static string Missing() => throw new InvalidOperationException("There is no PostgreSQL on this machine; tests/run.sh installs it (Debian: postgresql).");
}
