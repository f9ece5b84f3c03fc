using System.Globalization;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Tests.Duplicates;

/// <summary>Every row of every table that belongs to customers, column by column, as lines of text that can be compared.</summary>
internal static class CustomerTables
{
    /// <summary>Counters and stamps that every save raises.</summary>
    private static readonly HashSet<string> Stamps = ["Version", "UpdatedAt", "ChangedAt"];

    // Marks of what is to be computed again come with every change, its taking back too.
    private static readonly HashSet<string> Left = ["AuditEntry", "VerificationCode", "StaleBuyer"];

    public static async Task<SortedSet<string>> ReadAsync(CrmDbContext db)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in db.Model.GetEntityTypes().Where(IsOfCustomers))
        {
            var read = typeof(CustomerTables)
                .GetMethod(nameof(RowsAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
                .MakeGenericMethod(type.ClrType);
            foreach (var row in await (Task<List<object>>)read.Invoke(null, [db])!)
            {
                var values = type.GetProperties().Where(p => !Stamps.Contains(p.Name))
                    .Select(p => $"{p.Name}={Text(db.Entry(row).Property(p.Name).CurrentValue)}");
                lines.Add($"{type.ClrType.Name}: {string.Join("; ", values)}");
            }
        }

        return lines;
    }

    /// <summary>What is in one and not in the other, for the message of a failure.</summary>
    public static string Difference(SortedSet<string> before, SortedSet<string> after) =>
        string.Join('\n', before.Except(after).Select(l => "- " + l).Concat(after.Except(before).Select(l => "+ " + l)));

    private static bool IsOfCustomers(IEntityType type) =>
        !Left.Contains(type.ClrType.Name) && (type.ClrType.Name == "Customer" || type.FindProperty("CustomerId") is not null
            || type.ClrType == typeof(DuplicatePair));

    private static async Task<List<object>> RowsAsync<T>(CrmDbContext db)
        where T : class => [.. await db.Set<T>().ToListAsync()];

    private static string Text(object? value) => value switch
    {
        null => "",
        byte[] bytes => Convert.ToHexString(bytes),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
