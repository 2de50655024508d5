using FleetProf.Analysis.Profiles;

namespace FleetProf.Analysis.Allocations.Hidden;

/// <summary>Whose code a frame is: the user's, or that of the base library, a framework or a widespread package.</summary>
public static class CodeOwner
{
    /// <summary>Assemblies whose name is, or begins with, one of these and a dot. Their users cannot mend them, only call them differently.</summary>
    private static readonly string[] Libraries =
    [
        "System", "Microsoft", "mscorlib", "netstandard", "WindowsBase", "Newtonsoft.Json", "Npgsql", "MySqlConnector", "Dapper", "Serilog", "NLog", "log4net",
        "Polly", "AutoMapper", "MediatR", "FluentValidation", "MassTransit", "StackExchange.Redis", "RabbitMQ.Client", "Confluent.Kafka", "MongoDB", "Grpc",
        "Google.Protobuf", "OpenTelemetry", "Orleans", "Azure", "AWSSDK", "Castle", "Autofac", "Swashbuckle", "RestSharp", "Refit",
    ];

    /// <summary>Parts of libraries that allocate for their callers, by the beginning of the frame's name, and what people call them.</summary>
    private static readonly (string Prefix, string Name)[] Frameworks =
    [
        ("System.Text.Json.", "System.Text.Json"), ("Newtonsoft.Json.", "Newtonsoft.Json"), ("Microsoft.EntityFrameworkCore.", "Entity Framework Core"),
        ("Microsoft.Extensions.DependencyInjection.", "dependency injection"), ("Microsoft.Extensions.Logging.", "logging"), ("Serilog.", "Serilog"), ("NLog.", "NLog"),
        ("Microsoft.Extensions.", "Microsoft.Extensions"), ("Microsoft.AspNetCore.", "ASP.NET Core"), ("System.Net.Http.", "HttpClient"), ("Grpc.", "gRPC"),
        ("Google.Protobuf.", "Protobuf"), ("Npgsql.", "Npgsql"), ("Microsoft.Data.", "ADO.NET"), ("System.Data.", "ADO.NET"), ("Dapper.", "Dapper"),
        ("System.Text.RegularExpressions.", "regular expressions"), ("System.Xml.", "System.Xml"), ("Orleans.", "Orleans"), ("StackExchange.Redis.", "Redis client"),
        ("MongoDB.", "MongoDB driver"), ("AutoMapper.", "AutoMapper"), ("MediatR.", "MediatR"), ("OpenTelemetry.", "OpenTelemetry"),
    ];

    /// <summary>Frames without a name, of no assembly (stubs and compiled expressions) or of a library are not the user's.</summary>
    public static bool IsUser(Frame frame)
    {
        if (frame.Kind != FrameKind.Method || frame.Name.StartsWith('[') || frame.Module.StartsWith('['))
        {
            return false;
        }

        // Without the module's name the method's own says nearly as much.
        return !IsLibrary(frame.Module.Length > 0 ? frame.Module : frame.Name);
    }

    /// <summary>The framework that a frame belongs to, as people call it; null for other code.</summary>
    public static string? FrameworkOf(Frame frame)
    {
        foreach (var (prefix, name) in Frameworks)
        {
            if (frame.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }

    private static bool IsLibrary(string name)
    {
        foreach (var library in Libraries)
        {
            if (name.StartsWith(library, StringComparison.Ordinal) && (name.Length == library.Length || name[library.Length] == '.'))
            {
                return true;
            }
        }

        return false;
    }
}
