using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.SelfService;

/// <summary>
/// The copy of their data that a person has a right to (GDPR, articles 15 and 20): one JSON object with an array for each kind of rows,
/// written as it is read.
/// </summary>
public sealed class PersonalDataService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    ISecretProtector secrets, AuditLog audit, TimeProvider clock)
{
    /// <summary>The format of the file, for whoever reads it by program.</summary>
    public const int FormatVersion = 1;

    /// <summary>The array of the shop's own fields.</summary>
    internal const string FieldsName = "fields";

    private const int PieceSize = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>
    /// What is written for a customer, once the wish is noted; null where there is none. A customer who is signed in asks for themselves
    /// alone, staff need the right to export customers and to see what is sensitive.
    /// </summary>
    /// <exception cref="AccessDeniedException">A permission is missing.</exception>
    public async Task<Func<PipeWriter, CancellationToken, Task>?> OpenAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersExport, cancellationToken) is not { } grant) return null;
        if (!grant.IsOwner) await access.DemandAsync(Permissions.CustomersSensitive, cancellationToken);
        if (await customers.GetAsync(customerId, cancellationToken) is not { } profile) return null;
        await audit.WriteAsync(AuditAction.Exported, nameof(Customer), customerId, customerId, "PersonalData", cancellationToken);
        return (output, ended) => WriteAsync(profile, output, ended);
    }

    private async Task WriteAsync(CustomerDetails profile, PipeWriter output, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(PieceSize + (8 * 1024));
        await using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Options.Encoder, Indented = true });
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        json.WriteStartObject();
        json.WriteNumber("format_version", FormatVersion);
        json.WriteString("written_at", clock.GetUtcNow());
        json.WritePropertyName("profile");
        JsonSerializer.Serialize(json, Profile(profile), Options);
        foreach (var section in PersonalDataSections.All)
        {
            json.WriteStartArray(section.Name);
            await foreach (var row in section.Rows(db, profile.Id).WithCancellation(cancellationToken))
            {
                JsonSerializer.Serialize(json, row, row.GetType(), Options);
                if (json.BytesPending + buffer.WrittenCount >= PieceSize) await DrainAsync();
            }

            json.WriteEndArray();
        }

        json.WritePropertyName(FieldsName);
        JsonSerializer.Serialize(json, await FieldsAsync(db, profile.Id, cancellationToken), Options);
        json.WriteEndObject();
        await DrainAsync();

        async ValueTask DrainAsync()
        {
            await json.FlushAsync(cancellationToken);
            var result = await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
            if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("Nobody reads the copy any more.");
        }
    }

    /// <summary>The shop's own fields; those that lie encrypted are the customer's to read.</summary>
    private async Task<List<object>> FieldsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        (await db.Set<CustomFieldValue>().AsNoTracking().Where(v => v.CustomerId == customerId).OrderBy(v => v.Id)
            .Select(v => new { v.Field!.Key, v.Field.Label, v.Text, v.Number, v.Day, v.IsYes, v.Secret }).ToListAsync(cancellationToken))
        .ConvertAll(object (v) => new
        {
            v.Key, v.Label, Text = v.Secret is { } secret ? secrets.Unprotect(CustomFieldWriter.SecretPurpose, secret) : v.Text, v.Number,
            v.Day, v.IsYes,
        });

    /// <summary>The record itself; addresses, further contacts and tags have arrays of their own.</summary>
    private static object Profile(CustomerDetails c) => new
    {
        c.Number, c.DisplayName, c.GivenName, c.FamilyName, c.PreferredName, c.Email, c.EmailVerifiedAt, c.Phone, c.PhoneVerifiedAt,
        c.ExternalId, c.LoyaltyCard, c.DateOfBirth, c.Gender, c.Language, c.Currency, c.Country, c.TimeZone, c.ContactFrom, c.ContactUntil,
        c.Source, c.Status, c.BlockReason, c.InactiveReason, c.IsVip, c.VipSince, c.Tier, c.Subscription, c.EmailMarketing, c.SmsMarketing,
        c.FirstContactAt, c.CreatedAt, c.UpdatedAt, c.LastInteractionAt, OrderCount = c.Orders.Count,
    };
}
