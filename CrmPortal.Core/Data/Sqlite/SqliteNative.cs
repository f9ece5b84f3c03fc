using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Loads the managed SQLite binding, whose held version (2.0.6) is below the one that Microsoft.Data.Sqlite names, and lets it
/// use the system's SQLite, which is newer than any that the binding brings.
/// </summary>
internal static class SqliteNative
{
    private static readonly string[] SystemNames =
        OperatingSystem.IsWindows() ? ["winsqlite3", "sqlite3"] : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];

#pragma warning disable CA2255 // It must run before the first use of SQLite, also under dotnet ef and in test hosts.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register()
    {
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name?.StartsWith("SQLitePCLRaw.", StringComparison.Ordinal) == true
            && Path.Combine(AppContext.BaseDirectory, name.Name + ".dll") is var path && File.Exists(path)
                ? context.LoadFromAssemblyPath(path)
                : null;
        SetProvider();
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // The provider's types must not be needed before the handler above is in place.
    private static void SetProvider()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, Resolve);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
    }

    private static IntPtr Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (library != "e_sqlite3") return IntPtr.Zero;
        foreach (var name in SystemNames)
            if (NativeLibrary.TryLoad(name, out var system)) return system;
        return NativeLibrary.TryLoad(library, assembly, searchPath, out var bundled) ? bundled : IntPtr.Zero;
    }
}
