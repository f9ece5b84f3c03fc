using CrmPortal.Core.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

public sealed class ImportUndoPlanTests
{
    [Fact]
    public async Task WhetherACustomerWasUsedSince_IsAskedByAnIndex()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);

        var plan = await data.ReadAsync(async db =>
        {
            await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            var condition = ImportUndo.NotUsedSince.Replace("{0}", "1", StringComparison.Ordinal)
                .Replace("{1}", "2", StringComparison.Ordinal);
            command.CommandText = $"explain query plan select 1 from \"AuditEntries\" e where e.\"ChangeSetId\" = 1 and {condition}";
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            var lines = new List<string>();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken)) lines.Add(reader.GetString(3));
            return lines;
        });

        Assert.Contains(plan, line => line.StartsWith("SEARCH l USING", StringComparison.Ordinal));
    }
}
