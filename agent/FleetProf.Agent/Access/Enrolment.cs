using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace FleetProf.Agent.Access;

/// <summary>What joining gave this host, in one file of the state folder: id, key, certificate and whom to trust change together or not at all.</summary>
internal sealed record Enrolment
{
    public const string FileName = "enrolment.json";

    public required string AgentId { get; init; }

    /// <summary>Agent address of the silo that it joined.</summary>
    public required string Silo { get; init; }

    /// <summary>PEM. Made here, never sent, never logged.</summary>
    public required string Key { get; init; }

    /// <summary>PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>Certificates between <see cref="Certificate"/> and a root, PEM one after the other.</summary>
    public required string Chain { get; init; }

    /// <summary>The only roots that the silo's certificate may lead to, PEM one after the other.</summary>
    public required string Roots { get; init; }

    /// <summary>So long after its end the silo still renews the certificate. Default: 3 days, for files and silos that do not say.</summary>
    public TimeSpan RenewalGrace { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Null when this host has not joined.</summary>
    /// <exception cref="IOException">The file is there but holds no enrolment.</exception>
    public static Enrolment? Read(StateFolder folder) => Parse(folder.Read(FileName), folder.PathOf(FileName));

    /// <summary>As <see cref="Read"/>, without claiming the folder.</summary>
    public static Enrolment? Peek(string stateFolder)
    {
        var path = Path.Combine(stateFolder, FileName);
        return Parse(File.Exists(path) ? File.ReadAllBytes(path) : null, path);
    }

    /// <summary>Readable by its owner only; durable when it returns.</summary>
    public void Write(StateFolder folder) => folder.Write(FileName, JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>With its private key; the caller disposes it.</summary>
    public X509Certificate2 Load()
    {
        using var certificate = X509Certificate2.CreateFromPem(Certificate);
        using var key = ECDsa.Create();
        key.ImportFromPem(Key);
        return certificate.CopyWithPrivateKey(key);
    }

    public (DateTimeOffset From, DateTimeOffset To) Validity()
    {
        using var certificate = X509Certificate2.CreateFromPem(Certificate);
        return (certificate.NotBefore, certificate.NotAfter);
    }

    /// <summary>False once the silo refuses even to renew it; then only joining anew helps.</summary>
    public bool CanBeRenewed(DateTimeOffset now) => now <= Validity().To + RenewalGrace;

    public static X509Certificate2Collection ToCollection(string pem)
    {
        var collection = new X509Certificate2Collection();
        collection.ImportFromPem(pem);
        return collection;
    }

    public override string ToString() => AgentId;

    private static Enrolment? Parse(byte[]? content, string path)
    {
        if (content is null) return null;
        try
        {
            var enrolment = JsonSerializer.Deserialize<Enrolment>(content) ?? throw new JsonException("it is null");
            using var usable = enrolment.Load();
            return enrolment;
        }
        catch (Exception error) when (error is JsonException or CryptographicException or ArgumentException)
        {
            throw new IOException($"{path} holds no enrolment ({error.Message}). Restore it, or delete it and join again: {RejoinAdvice.Text}.", error);
        }
    }
}
