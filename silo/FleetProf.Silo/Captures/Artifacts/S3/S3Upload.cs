using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>
/// Brings a file into the bucket, a large one in parts. Each body is signed by the hash of all of it: signed in chunks, which the client does by itself, some
/// servers refuse it (Swift before 2.35 answers 501) and others store the framing with it.
/// </summary>
internal sealed class S3Upload(IAmazonS3 client, string bucket, string key, string path)
{
    /// <summary>Servers take parts from 5 MiB on, but for the last, and ten thousand of them.</summary>
    private const long PartBytes = 16L << 20;

    /// <summary>What is not given up by then is left to the bucket's own rule.</summary>
    private static readonly TimeSpan GiveUpTime = TimeSpan.FromSeconds(10);

    public static PutObjectRequest Whole(string bucket, string key) => new() { BucketName = bucket, Key = key, UseChunkEncoding = false };

    /// <summary>The object is there when this returns, and as it was before when it throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var length = new FileInfo(path).Length;
        if (length <= PartBytes)
        {
            var request = Whole(bucket, key);
            request.FilePath = path;
            await client.PutObjectAsync(request, cancellationToken);
            return;
        }

        var upload = (await client.InitiateMultipartUploadAsync(bucket, key, cancellationToken)).UploadId;
        try
        {
            await PutPartsAsync(upload, length, cancellationToken);
        }
        catch
        {
            await GiveUpAsync(upload);
            throw;
        }
    }

    private async Task PutPartsAsync(string upload, long length, CancellationToken cancellationToken)
    {
        var parts = new List<PartETag>();
        for (var at = 0L; at < length; at += PartBytes)
        {
            var part = await client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = bucket, Key = key, UploadId = upload, PartNumber = parts.Count + 1, FilePath = path, FilePosition = at, PartSize = Math.Min(PartBytes, length - at), UseChunkEncoding = false,
                },
                cancellationToken);
            parts.Add(new PartETag(parts.Count + 1, part.ETag));
        }

        await client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = parts }, cancellationToken);
    }

    private async Task GiveUpAsync(string upload)
    {
        using var limit = new CancellationTokenSource(GiveUpTime);
        try
        {
            await client.AbortMultipartUploadAsync(bucket, key, upload, limit.Token);
        }
        catch (Exception away) when (away is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            // Why the parts did not come is told; this has the same reason.
        }
    }
}
