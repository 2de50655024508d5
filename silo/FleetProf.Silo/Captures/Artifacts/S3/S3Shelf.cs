using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>
/// A bucket of an S3-compatible server, each name an object. Whatever goes there is sealed already. Large files go in parts, originals are read by
/// ranges, results are fetched whole and kept, sealed, in the data folder up to a number of bytes and while there is room; else they are read by ranges too.
/// </summary>
internal sealed class S3Shelf : IArtifactShelf, IDisposable
{
    /// <summary>That are asked for anew.</summary>
    private const int CutAnswers = 2;

    private readonly S3Options options;
    private readonly AmazonS3Client client;
    private readonly string fresh;
    private readonly ResultCache cache;

    /// <param name="options">Valid ones.</param>
    /// <param name="dataFolder">Of this silo alone: for files on their way there, and copies of results.</param>
    /// <param name="retries">Of one request, at growing distances.</param>
    /// <param name="reserveBytes">That copies leave free on the data folder's volume.</param>
    /// <param name="freeBytes">There; null: asks the volume.</param>
    /// <exception cref="IOException">The access key cannot be read.</exception>
    public S3Shelf(S3Options options, string dataFolder, int retries = 4, long reserveBytes = 0, Func<long>? freeBytes = null)
    {
        this.options = options;
        var (id, secret) = options.ReadKey();
        var configuration = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            MaxErrorRetry = retries,
            Timeout = TimeSpan.FromSeconds(100),
            AllowAutoRedirect = false,

            // Servers of others know neither the trailers nor the checksums that Amazon's own takes by default; the files have better ones.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        else
        {
            configuration.ServiceURL = options.Endpoint;
        }

        client = new AmazonS3Client(new BasicAWSCredentials(id, secret), configuration);
        fresh = Path.Combine(dataFolder, "s3", "new");
        cache = new ResultCache(Path.Combine(dataFolder, "s3", "results"), options.CacheBytes, reserveBytes, freeBytes);

        // What a killed silo was about to put there; it is made again.
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }

        PrivateFolder.Create(fresh);
    }

    /// <summary>Nobody counts those of a bucket; KeepBytes bounds what is kept there.</summary>
    public long FreeBytes => long.MaxValue / 4;

    public string PathForNew(string name) => Path.Combine(fresh, name.Replace('/', '+'));

    public Task PutAsync(string name, string path, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await new S3Upload(client, options.Bucket!, KeyOf(name), path).RunAsync(cancellationToken);
        File.Delete(path);
        return true;
    });

    public Task PutBytesAsync(string name, byte[] bytes, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        using var body = new MemoryStream(bytes);
        var request = S3Upload.Whole(options.Bucket!, KeyOf(name));
        request.InputStream = body;
        return await client.PutObjectAsync(request, cancellationToken);
    });

    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken) is not { } found)
        {
            return null;
        }

        return !name.EndsWith($"/{ArtifactStore.OriginalName}", StringComparison.Ordinal)
            && await cache.OpenAsync(name, found.ETag, found.ContentLength, path => FetchAsync((name, found.ETag), path, cancellationToken)) is { } copy
            ? copy
            : new S3RangeStream(found.ContentLength, (at, window, token) => ReadAsync((name, found.ETag), at, window, token));
    }

    public Task<byte[]?> ReadBytesAsync(string name, CancellationToken cancellationToken) => AskAsync<byte[]?>(async () =>
    {
        try
        {
            using var answer = await client.GetObjectAsync(options.Bucket, KeyOf(name), cancellationToken);
            using var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (AmazonS3Exception missing) when (S3Problem.IsMissing(missing))
        {
            return null;
        }
    });

    public async IAsyncEnumerable<string> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = KeyOf(folder.Length == 0 ? "" : folder + "/") };
        ListObjectsV2Response page;
        do
        {
            page = await AskAsync(() => client.ListObjectsV2Async(request, cancellationToken));
            foreach (var found in page.S3Objects ?? [])
            {
                yield return found.Key[options.Prefix.Length..];
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        List<string> names = [name];
        await foreach (var below in ListAsync(name, cancellationToken))
        {
            names.Add(below);
        }

        // The wrapped keys first: without them copies elsewhere, and versions that the bucket keeps, cannot be read any more.
        foreach (var each in names.OrderByDescending(each => each.EndsWith(".key", StringComparison.Ordinal)))
        {
            await DeleteAsync(each, cancellationToken);
        }

        if (!name.Contains('/', StringComparison.Ordinal))
        {
            cache.Remove(name);
        }
    }

    public void DropCopies(long untilFreeBytes) => cache.DropCopies(untilFreeBytes);

    public void Dispose() => client.Dispose();

    private string KeyOf(string name) => options.Prefix + name;

    /// <summary>Null only where a GET says so too: what follows from a missing file may be for ever.</summary>
    private Task<GetObjectMetadataResponse?> FindAsync(string name, CancellationToken cancellationToken) => AskAsync<GetObjectMetadataResponse?>(async () =>
    {
        try
        {
            return await client.GetObjectMetadataAsync(options.Bucket, KeyOf(name), cancellationToken);
        }
        catch (AmazonS3Exception missing) when (S3Problem.MayBeMissing(missing))
        {
            if (await IsThereAsync(name, cancellationToken))
            {
                throw;
            }

            return null;
        }
    });

    private async Task<bool> IsThereAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = KeyOf(name), ByteRange = new ByteRange(0, 0) }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception missing) when (S3Problem.IsMissing(missing))
        {
            return false;
        }
    }

    private Task DeleteAsync(string name, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        try
        {
            await client.DeleteObjectAsync(options.Bucket, KeyOf(name), cancellationToken);
        }
        catch (AmazonS3Exception missing) when (S3Problem.IsMissing(missing))
        {
            // S3 answers 204 for what is not there, others say it.
        }

        return true;
    });

    private Task FetchAsync((string Name, string Version) stored, string path, CancellationToken cancellationToken) => ReadAsync(
        new GetObjectRequest { BucketName = options.Bucket, Key = KeyOf(stored.Name), EtagToMatch = stored.Version },
        async answer =>
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            await answer.ResponseStream.CopyToAsync(file, cancellationToken);
            if (file.Length != answer.ContentLength)
            {
                throw new EndOfStreamException();
            }
        },
        cancellationToken);

    private Task ReadAsync((string Name, string Version) stored, long at, Memory<byte> window, CancellationToken cancellationToken) => ReadAsync(
        new GetObjectRequest { BucketName = options.Bucket, Key = KeyOf(stored.Name), EtagToMatch = stored.Version, ByteRange = new ByteRange(at, at + window.Length - 1) },
        async answer => await answer.ResponseStream.ReadExactlyAsync(window, cancellationToken),
        cancellationToken);

    private Task<bool> ReadAsync(GetObjectRequest request, Func<GetObjectResponse, Task> read, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        try
        {
            using var answer = await client.GetObjectAsync(request, cancellationToken);
            await read(answer);
            return true;
        }
        catch (AmazonS3Exception other) when (S3Problem.IsOther(other))
        {
            throw new RemovedWhileReadException(other);
        }
    });

    /// <summary>What the server refused is tried again below; an answer that was cut off, here. That an object is missing is for the caller to know: only reads may find that.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, int more = CutAnswers)
    {
        try
        {
            return await ask();
        }
        catch (Exception cut) when (more > 0 && S3Problem.IsCut(cut))
        {
            return await AskAsync(ask, more - 1);
        }
        catch (Exception exception) when (S3Problem.Explain(exception, options) is { } explained)
        {
            throw explained;
        }
        catch (Exception cut) when (S3Problem.IsCut(cut))
        {
            throw new StoreAwayException("The connection to the server of stored files was cut.", cut);
        }
    }
}
