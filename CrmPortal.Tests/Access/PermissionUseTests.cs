using System.Reflection;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CrmPortal.Tests.Access;

/// <summary>What settings offer to a role does something; what does nothing yet is kept and not offered.</summary>
public sealed class PermissionUseTests
{
    private static readonly string[] Declarations = ["Permissions.cs", "PermissionLabels.cs"];

    [Fact]
    public void Permission_IsOffered_WhereSomethingAsksForIt_AndOnlyThere()
    {
        var names = typeof(Permissions).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral)
            .ToDictionary(f => f.Name, f => (string)f.GetRawConstantValue()!);
        var sources = Repository.Files("CrmPortal").Concat(Repository.Files("CrmPortal.Core"))
            .Where(f => !Declarations.Contains(Path.GetFileName(f))).Select(File.ReadAllText).ToList();

        var used = names.Where(n => sources.Any(s => s.Contains($"Permissions.{n.Key}", StringComparison.Ordinal))).Select(n =>
            n.Value).ToHashSet();

        Assert.Equal(names.Values.Order(), Permissions.All.Order());
        Assert.Equal(used.Order(), Permissions.Offered.Order());
        Assert.Equal(Permissions.All.Except(used).Order(), Permissions.Unused.Order());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Role_FromBefore_ThatOpenedTags_StillDoes(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        var provider = database.CreateProvider();
        await using (var db = provider.CreateContext(null))
        {
            var before = db.Database.GetMigrations().TakeWhile(m => !m.EndsWith("_TagsPermission", StringComparison.Ordinal)).Last();
            await db.GetService<IMigrator>().MigrateAsync(before);
            foreach (var (name, words) in new[] { ("One", "customers.view segments.edit groups.edit"), ("Two", "segments.edit"), ("Three",
                "segments.view"), ("Four", "") })
            {
                await db.Database.ExecuteSqlAsync(
                    $"""insert into "Roles" ("Name", "NormalizedName", "IsBuiltIn", "Permissions", "AdjustmentLimit", "Version") values ({name}, {name}, {false}, {words}, 0, 1)""");
            }
        }

        await provider.PrepareAsync(CancellationToken.None);

        await using var after = provider.CreateContext(null);
        var roles = await after.Roles.ToDictionaryAsync(r => r.Name, r => r.Permissions);
        Assert.Equal([Permissions.CustomersView, Permissions.TagsEdit, Permissions.SegmentsEdit, Permissions.GroupsEdit], roles["One"]);
        Assert.Equal([Permissions.TagsEdit, Permissions.SegmentsEdit], roles["Two"]);
        Assert.Equal([Permissions.SegmentsView], roles["Three"]);
        Assert.Empty(roles["Four"]);
    }
}
