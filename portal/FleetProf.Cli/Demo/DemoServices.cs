using FleetProf.Cli.Terminal;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Demo;

/// <summary>The services that the demo watches, and a driver that keeps them busy: real processes, ill in known ways.</summary>
internal sealed class DemoServices : IAsyncDisposable
{
    public const string FirstRelease = "1.0";
    public const string SecondRelease = "1.1";

    // Hexadecimal bytes. The runtime's own choice follows the processor's cache: on some hosts a collection a second, on others none in the whole demo.
    private const string SmallGen0 = "300000";
    private const string LargeGen0 = "2000000";

    private static readonly string[] CheckoutInstances = ["checkout-1", "checkout-2"];

    private readonly Dictionary<string, Child> _running = [];
    private readonly int[] _ports = FreePorts.Find(4, Random.Shared);
    private readonly InstallationPlan _plan;
    private readonly DemoNames _names;
    private readonly CliConsole _console;

    private DemoServices(InstallationPlan plan, DemoNames names, CliConsole console)
    {
        _plan = plan;
        _names = names;
        _console = console;
    }

    public static DemoServices Start(InstallationPlan plan, DemoNames names, CliConsole console)
    {
        PrivateFolder.Create(plan.LogFolder);
        var services = new DemoServices(plan, names, console);
        for (var index = 0; index < CheckoutInstances.Length; index++)
        {
            services.StartCheckout(index, FirstRelease);
        }

        services.Start("catalog-1", "Catalog", names.Catalog, "2.3", Listen(services._ports[2]));
        services.Start("reports-1", "Reports", names.Reports, "5.2", Listen(services._ports[3]));
        services.Start("load-driver", "LoadDriver", names.LoadDriver, FirstRelease, services.Load());
        return services;
    }

    /// <summary>Replaces one instance after the other, as a rolling deploy does.</summary>
    public async Task RedeployCheckoutAsync()
    {
        for (var index = 0; index < CheckoutInstances.Length; index++)
        {
            await _running[CheckoutInstances[index]].DisposeAsync();
            StartCheckout(index, SecondRelease);
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Values.Select(child => child.DisposeAsync().AsTask()));

    private static string[] Listen(int port) => [$"--urls=http://127.0.0.1:{port}"];

    private void StartCheckout(int index, string release) =>
        Start(CheckoutInstances[index], "Checkout", _names.Checkout, release, [.. Listen(_ports[index]), $"--release={release}"]);

    /// <summary>Method, address and requests per second of each stream; light enough for two cores that carry everything else too.</summary>
    private string[] Load() =>
    [
        "POST", $"http://127.0.0.1:{_ports[0]}/orders/100", "150",
        "POST", $"http://127.0.0.1:{_ports[1]}/orders/100", "150",
        "GET", $"http://127.0.0.1:{_ports[2]}/products?search=7", "20",
        "POST", $"http://127.0.0.1:{_ports[3]}/reports/200000", "1.2",
    ];

    private void Start(string instance, string assembly, string service, string version, string[] arguments)
    {
        var program = new ChildProgram(instance, BuiltProgram.Command(assembly), [.. arguments, "--exit-with-parent"])
        {
            WorkingFolder = _plan.StateFolder,
            Environment = new Dictionary<string, string>
            {
                ["FLEETPROF_SERVICE"] = service,
                ["FLEETPROF_VERSION"] = version,
                ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}",
                ["DOTNET_GCGen0Size"] = service == _names.Reports ? LargeGen0 : SmallGen0,
                ["DOTNET_GCGen0MaxBudget"] = service == _names.Reports ? LargeGen0 : SmallGen0,
            },
        };
        var child = Child.Start(program, _plan.LogFolder, _console);
        child.IsReady = true;
        _running[instance] = child;
    }
}
