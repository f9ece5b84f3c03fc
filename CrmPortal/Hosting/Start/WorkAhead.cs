using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Hosting;

/// <summary>
/// Work of every start that waits for nothing, done by another processor while the program is still being put together. Whoever needs it
/// finds it done or waits for it, and meets what goes wrong in it again; here that is told to nobody.
/// </summary>
internal static class WorkAhead
{
    /// <summary>Makes the model of the database, without a connection to it.</summary>
    public static void MakeModel(IServiceProvider services) => Begin(() =>
    {
        using var db = services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        _ = db.Model;
    });

    public static void Begin(Action work) => _ = Task.Run(() =>
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whoever needs the result meets it again.
        }
    });
}
