using CrmPortal.Core.Imports;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>The exports of other systems are understood without a hand.</summary>
public sealed class MigrationColumnsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_OfEachFile_AreTakenForWhatTheyAre_AndNoneForSomethingElse()
    {
        var files = MigrationFile.All();
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var (right, wanted, wrong, missed) = (0, 0, new List<string>(), new List<string>());
        foreach (var file in files)
        {
            var import = (await system.Imports.GetAsync(await system.UploadAsync(file.Path), Token))!;
            if ((import.Kind == ImportKind.Orders) != file.AreOrders) wrong.Add($"{file.Name}: {import.Kind}");
            var taken = import.Plan.Columns.ToDictionary(c => import.Profile.Columns[c.Value].Name, c => c.Key);
            foreach (var (heading, field) in file.Columns)
            {
                wanted++;
                if (!taken.TryGetValue(heading, out var found)) missed.Add($"{file.Name}: {heading} is {field}");
                else if (found == field) right++;
                else wrong.Add($"{file.Name}: {heading} is {field}, not {found}");
            }

            wrong.AddRange(taken.Where(t => file.NothingNeeded.Contains(t.Key))
                .Select(t => $"{file.Name}: {t.Key} is nothing, not {t.Value}"));
        }

        Assert.True(wrong.Count == 0 && right >= wanted * 0.97,
            $"{right} of {wanted} right\nwrong:\n{string.Join('\n', wrong)}\nmissed:\n{string.Join('\n', missed)}");
    }
}
