using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>What an S3 server's refusals mean, and what to do.</summary>
internal static class S3Problem
{
    private const HttpStatusCode OutOfSpace = HttpStatusCode.InsufficientStorage;

    /// <summary>Whether the server says that there is no such object. 404 alone does not: a missing bucket, an upload that was given up and any proxy on the way answer that too.</summary>
    public static bool IsMissing(AmazonS3Exception exception) => exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: "NoSuchKey" };

    /// <summary>Whether it is what HEAD is answered for a missing object: its answers have no body that could say what is missing.</summary>
    public static bool MayBeMissing(AmazonS3Exception exception) => exception.StatusCode == HttpStatusCode.NotFound;

    /// <summary>Whether the object is not the one any more that was asked for.</summary>
    public static bool IsOther(AmazonS3Exception exception) => IsMissing(exception) || exception.StatusCode == HttpStatusCode.PreconditionFailed;

    /// <summary>Whether an answer ended before it was whole.</summary>
    public static bool IsCut(Exception exception) => exception is EndOfStreamException or HttpIOException or IOException { InnerException: SocketException };

    /// <summary>
    /// Null where the exception is none of the server or of the way to it. A bucket or key that is refused is away like a server that does not answer: it is no fault
    /// of the one file that was asked for, and goes on once the setting is mended.
    /// </summary>
    public static IOException? Explain(Exception exception, S3Options options) => exception switch
    {
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => new StoreAwayException(
            $"{ServerOf(options)} has no bucket {options.Bucket}. Create it, or name another in {S3Options.Section}:{nameof(S3Options.Bucket)}.", exception),
        AmazonS3Exception { ErrorCode: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "ExpiredToken" } s3 => new StoreAwayException(
            $"{ServerOf(options)} does not know the access key or its secret ({s3.ErrorCode}). Correct {S3Options.Section}:{nameof(S3Options.KeyFile)}, and the host's clock, and start the silo again.", exception),
        AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden } s3 => new StoreAwayException(
            $"{ServerOf(options)} does not allow this on bucket {options.Bucket} ({s3.ErrorCode}). The access key needs to get, put, delete and list objects there, and to abort multipart uploads.", exception) { IsRefusal = true },
        AmazonS3Exception { ErrorCode: "QuotaExceeded" or "XMinioStorageFull" or "XMinioAdminBucketQuotaExceeded" or "InsufficientCapacity" } or AmazonS3Exception { StatusCode: OutOfSpace } =>
            DurableFile.DiskFull($"Bucket {options.Bucket} of {ServerOf(options)} is full. Raise its quota, or keep less (FleetProf:Captures:KeepBytes)."),
        AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException or TaskCanceledException { InnerException: TimeoutException } => new StoreAwayException(
            $"{ServerOf(options)} cannot be reached or asks to come back later ({exception.Message.Split('\n')[0].Trim()}). It is tried again; check the server and {S3Options.Section}:{nameof(S3Options.Endpoint)}.", exception),
        _ => null,
    };

    private static string ServerOf(S3Options options) => options.Endpoint ?? $"S3 in {options.Region}";
}
