using FleetProf.Silo.Storage;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Hosting;

/// <summary>Owns the data folder for the life of the process: two silos on one folder would both act for the same campaigns.</summary>
internal sealed class DataFolderLock(IOptions<SiloOptions> options) : IDisposable
{
    private FileStream? held;

    /// <exception cref="IOException">Another silo uses the folder, or it cannot be created; the message says the next step.</exception>
    public void Take()
    {
        var folder = options.Value.DataFolder;
        try
        {
            PrivateFolder.Create(folder);
            held = new FileStream(Path.Combine(folder, "silo.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"FleetProf:Silo:DataFolder = {folder} cannot be written by this user. Choose another folder or change its owner.", exception);
        }
        catch (IOException exception)
        {
            throw new IOException($"FleetProf:Silo:DataFolder = {folder} cannot be taken, another silo is using it or it cannot be created ({exception.Message}). Stop that silo or choose another folder.", exception);
        }
    }

    public void Dispose() => held?.Dispose();
}
