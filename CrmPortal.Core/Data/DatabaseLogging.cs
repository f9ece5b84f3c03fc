using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Data;

/// <summary>Where the data layer logs.</summary>
internal static class DatabaseLogging
{
    /// <summary>
    /// Logs to <paramref name="logging"/>. Entity Framework keeps a model and all its compiled queries for each factory that is given to
    /// <see cref="DbContextOptionsBuilder.UseLoggerFactory"/>; one that it finds among the services of the application, as here, is a
    /// matter of the context alone. So whoever has several of them in a process, as hosts and tests do, pays for queries once.
    /// </summary>
    public static DbContextOptionsBuilder UseLogging(this DbContextOptionsBuilder options, ILoggerFactory logging) =>
        options.UseApplicationServiceProvider(new ServiceCollection().AddSingleton(logging).BuildServiceProvider());
}
