using CrmPortal.Core.HelpCentre;

namespace CrmPortal.Core.Demo;

/// <summary>A category of the demo shop's help centre.</summary>
internal sealed record DemoTopic(string Slug, string English, string Spanish, bool IsFaq);

/// <summary>An article of the demo shop's help centre.</summary>
/// <param name="Topic">The slug of its category.</param>
/// <param name="Age">How many days ago it was written.</param>
internal sealed record DemoArticle(string Topic, ArticleState State, int Age, ArticleTextInput English, ArticleTextInput? Spanish);

/// <summary>What the demo shop explains to its customers, and what they asked.</summary>
internal static class DemoArticles
{
    public static IReadOnlyList<DemoTopic> Topics { get; } =
    [
        new("orders", "Orders and delivery", "Pedidos y envíos", false),
        new("returns", "Returns and refunds", "Devoluciones y reembolsos", false),
        new("points", "Points and rewards", "Puntos y recompensas", true),
    ];

    public static IReadOnlyList<DemoArticle> All { get; } =
    [
        new("orders", ArticleState.Published, 210,
            En("Track your order", "Where your parcel is, and what each status of an order means.", """
                As soon as your parcel leaves our warehouse you get an e-mail with a tracking link. It is updated a few hours after each step, so a parcel that was handed over in the evening is often shown as moving only the next morning.

                ## What the status means

                | Status | What happens |
                |---|---|
                | Pending | We have your order and are waiting for the payment. |
                | Paid | The payment is here; we are packing. |
                | Shipped | The carrier has your parcel. |
                | Delivered | The carrier handed it over, to you or to a neighbour. |

                ## The link shows nothing new

                1. Look for a card from the carrier in your letter box.
                2. Ask your neighbours: carriers note whom they gave it to.
                3. Still nothing after **three working days**? Write to us with your order number. We ask the carrier, and you hear from us within two days.
                """),
            Es("Seguir su pedido", "Dónde está su paquete y qué significa cada estado del pedido.", """
                En cuanto su paquete sale de nuestro almacén le enviamos un correo con un enlace de seguimiento. Se actualiza unas horas después de cada paso, así que un paquete entregado al transportista por la tarde suele aparecer en camino a la mañana siguiente.

                ## Qué significa el estado

                | Estado | Qué ocurre |
                |---|---|
                | Pendiente | Tenemos su pedido y esperamos el pago. |
                | Pagado | El pago ha llegado; estamos preparando el paquete. |
                | Enviado | El transportista tiene su paquete. |
                | Entregado | El transportista lo entregó, a usted o a un vecino. |

                ## El enlace no muestra nada nuevo

                1. Mire si hay un aviso del transportista en su buzón.
                2. Pregunte a sus vecinos: el transportista anota a quién lo entregó.
                3. ¿Nada después de **tres días laborables**? Escríbanos con su número de pedido. Preguntamos al transportista y le respondemos en dos días.
                """)),
        new("orders", ArticleState.Published, 205,
            En("Change or cancel an order", "Until a parcel is shipped almost everything can be changed.", """
                **Not shipped yet?** Write to us as soon as you can, with the order number and what should be different. We can change the address, the size or colour, and add or take away items.

                **Shipped already?** Then the parcel can no longer be stopped. Refuse it at the door, or send it back when it arrives: see [Send something back](/help/en/returns/send-something-back).

                ## When you cancel

                - Nothing was paid: the order is closed and you owe nothing.
                - It was paid: the money goes back the way it came, within five working days.
                - You used points: they are on your account again the same day, with the expiry that they had.
                """),
            Es("Cambiar o cancelar un pedido", "Hasta que se envía el paquete, casi todo se puede cambiar.", """
                **¿Aún no se ha enviado?** Escríbanos cuanto antes, con el número de pedido y lo que debe cambiar. Podemos cambiar la dirección, la talla o el color, y añadir o quitar artículos.

                **¿Ya se ha enviado?** Entonces no podemos detener el paquete. Rechácelo en la puerta o devuélvalo cuando llegue: vea [Devolver un artículo](/help/es/returns/devolver-un-articulo).

                ## Si cancela

                - No se había pagado nada: el pedido se cierra y no debe nada.
                - Estaba pagado: el dinero vuelve por el mismo medio en un plazo de cinco días laborables.
                - Usó puntos: vuelven a su cuenta el mismo día, con la caducidad que tenían.
                """)),
        new("orders", ArticleState.Published, 190,
            En("Delivery times and costs", "How long a parcel takes to your country and what it costs.", """
                Orders that are paid before 2 p.m. on a working day leave us on the same day.

                | To | Time | Costs | Free from |
                |---|---|---|---|
                | United Kingdom | 1–2 working days | £3.90 | £40 |
                | European Union | 3–5 working days | £8.90 | £90 |
                | Everywhere else | 6–12 working days | £14.90 | – |

                Members with **free shipping** among their benefits never pay for the standard way, whatever the amount.

                > Customs duties and taxes of countries outside the United Kingdom are charged by the carrier when the parcel arrives. We cannot work them out for you in advance.
                """),
            Es("Plazos y gastos de envío", "Cuánto tarda un paquete en llegar a su país y cuánto cuesta.", """
                Los pedidos pagados antes de las 14:00 de un día laborable salen el mismo día.

                | Destino | Plazo | Gastos | Gratis desde |
                |---|---|---|---|
                | Reino Unido | 1–2 días laborables | 3,90 £ | 40 £ |
                | Unión Europea | 3–5 días laborables | 8,90 £ | 90 £ |
                | Resto del mundo | 6–12 días laborables | 14,90 £ | – |

                Los socios que tienen el **envío gratuito** entre sus ventajas nunca pagan el envío estándar, sea cual sea el importe.

                > Los aranceles e impuestos de países fuera del Reino Unido los cobra el transportista cuando llega el paquete. No podemos calcularlos de antemano.
                """)),
        new("returns", ArticleState.Published, 180,
            En("Send something back", "You have thirty days, and the label is on us.", """
                You may send anything back within **thirty days** of its arrival, without saying why.

                1. Put the item into its packaging, with everything that came with it.
                2. Write your order number on a piece of paper and put it in.
                3. Ask us for a label; it comes by e-mail and costs nothing within the United Kingdom.
                4. Hand the parcel over at any shop of the carrier and keep the receipt.

                ## What we cannot take back

                - Food and tea whose seal was broken.
                - Gift cards that were used in part.
                - Items that were made for you alone.

                ## When the money is back

                We look at a return within three working days. The refund then takes as long as your bank does:

                | Paid by | Takes |
                |---|---|
                | Card | 3–5 working days |
                | Bank transfer | 1–2 working days |
                | Points | the same day |

                Points that you earned with what you send back are taken off in the same proportion.
                """),
            Es("Devolver un artículo", "Tiene treinta días y la etiqueta corre de nuestra cuenta.", """
                Puede devolver cualquier artículo en un plazo de **treinta días** desde su llegada, sin decir por qué.

                1. Ponga el artículo en su embalaje, con todo lo que venía con él.
                2. Escriba su número de pedido en un papel y métalo en el paquete.
                3. Pídanos una etiqueta; llega por correo electrónico y es gratuita dentro del Reino Unido.
                4. Entregue el paquete en cualquier punto del transportista y guarde el recibo.

                ## Lo que no podemos aceptar

                - Alimentos y té con el precinto roto.
                - Tarjetas regalo usadas en parte.
                - Artículos hechos solo para usted.

                ## Cuándo recibe el dinero

                Revisamos cada devolución en tres días laborables. El reembolso tarda después lo que tarde su banco:

                | Pagado con | Tarda |
                |---|---|
                | Tarjeta | 3–5 días laborables |
                | Transferencia | 1–2 días laborables |
                | Puntos | el mismo día |

                Los puntos que ganó con lo que devuelve se descuentan en la misma proporción.
                """)),
        new("returns", ArticleState.Published, 175,
            En("Something arrived damaged or wrong", "What to do first, and what you can choose between.", """
                We are sorry. Please tell us within **seven days**, so that we can still claim it from the carrier.

                Send us:

                - the order number,
                - a photo of the item, and one of the parcel from outside,
                - a sentence about what is wrong.

                Then you choose: a **new item**, which leaves us the next working day, or **your money back**. You need not send a damaged item back unless we ask for it, and then the label is on us.
                """),
            Es("Algo llegó dañado o equivocado", "Qué hacer primero y entre qué puede elegir.", """
                Lo sentimos. Díganoslo en un plazo de **siete días** para que aún podamos reclamar al transportista.

                Envíenos:

                - el número de pedido,
                - una foto del artículo y otra del paquete por fuera,
                - una frase sobre lo que está mal.

                Después usted elige: un **artículo nuevo**, que sale el siguiente día laborable, o **su dinero**. No hace falta devolver un artículo dañado, salvo que se lo pidamos; en ese caso la etiqueta corre de nuestra cuenta.
                """)),
        new("points", ArticleState.Published, 160,
            En("How do I collect points?", "With every paid order, and now and then with more.", """
                You collect points with every order that you have paid, worked out from what you paid in the end: after discounts, without shipping. They are on your account a few minutes later.

                During campaigns you collect more, for example double points on one category. The order confirmation says how many points an order brings.

                No account was named when you bought something in the shop? Send us a photo of the receipt within thirty days, and we add the points.
                """),
            Es("¿Cómo consigo puntos?", "Con cada pedido pagado y, de vez en cuando, con más.", """
                Consigue puntos con cada pedido que haya pagado, calculados sobre lo que pagó al final: después de descuentos y sin gastos de envío. Están en su cuenta unos minutos después.

                Durante las campañas consigue más, por ejemplo puntos dobles en una categoría. La confirmación del pedido dice cuántos puntos trae.

                ¿Compró en la tienda y no dio su cuenta? Envíenos una foto del recibo en treinta días y añadimos los puntos.
                """)),
        new("points", ArticleState.Published, 155,
            En("How do I spend my points?", "As a payment, or for a reward.", """
                - **As a payment:** say at the till, or choose at the online checkout, how many points you want to use. They reduce what you pay.
                - **For a reward:** choose one from the list of rewards. You get a code, which is good for one use until the day that stands beside it.

                The points that expire first are used first. If you send an order back, points that you spent on it return to your account.
                """),
            Es("¿Cómo gasto mis puntos?", "Como pago o por una recompensa.", """
                - **Como pago:** diga en caja, o elija al pagar en línea, cuántos puntos quiere usar. Reducen lo que paga.
                - **Por una recompensa:** elija una de la lista de recompensas. Recibe un código que sirve una vez, hasta el día que figura a su lado.

                Los puntos que caducan antes se usan antes. Si devuelve un pedido, los puntos que gastó en él vuelven a su cuenta.
                """)),
        new("points", ArticleState.Published, 150,
            En("When do my points expire?", "A year after you earned them; we remind you before.", """
                Points are good for **365 days** from the day on which you earned them. Each order has a date of its own, so you never lose all of them at once.

                We write to you thirty days before points expire, if you allow us to send e-mails about your points. You see the next date on your account as well.

                Points that have expired cannot be brought back.
                """),
            Es("¿Cuándo caducan mis puntos?", "Un año después de ganarlos; le avisamos antes.", """
                Los puntos valen **365 días** desde el día en que los ganó. Cada pedido tiene su propia fecha, así que nunca los pierde todos a la vez.

                Le escribimos treinta días antes de que caduquen, si nos permite enviarle correos sobre sus puntos. También ve la próxima fecha en su cuenta.

                Los puntos caducados no se pueden recuperar.
                """)),
        new("orders", ArticleState.Internal, 60,
            En("When a parcel is lost: what we offer", "For us: goodwill by value, and who decides.", """
                Ask the carrier first; a claim is open for **twenty days** after shipping.

                | Value of the order | Offer | Who decides |
                |---|---|---|
                | up to £50 | a new parcel at once | you |
                | up to £200 | a new parcel after the carrier's answer, or the money | you |
                | above | as above | a manager |

                Add up to 500 points as goodwill where the customer had to ask twice. Write the reason into the adjustment.
                """), null),
    ];

    /// <summary>What visitors searched for, and how often; those without a hit are what is still to be written.</summary>
    public static IReadOnlyList<(string Text, string Language, int Times, int Hits)> Searches { get; } =
    [
        ("refund", "en", 64, 3), ("track order", "en", 51, 1), ("points expire", "en", 38, 1), ("cancel", "en", 27, 2),
        ("devolucion", "es", 23, 1), ("puntos", "es", 21, 6), ("shipping costs", "en", 18, 1), ("gift card", "en", 16, 1),
        ("invoice", "en", 19, 0), ("change password", "en", 14, 0), ("factura", "es", 12, 0), ("pay later", "en", 9, 0),
        ("size chart", "en", 6, 0), ("tienda cerca", "es", 4, 0),
    ];

    /// <summary>What visitors said of the articles, in their order: how many were helped, how many were not, and why.</summary>
    public static IReadOnlyList<(int Helped, int DidNot, string[] Reasons)> Votes { get; } =
    [
        (48, 5, ["My link says delivered but nothing is here"]), (21, 3, []),
        (17, 19, ["What does it cost to Switzerland?", "No word about pick-up points", "Prices in euros please"]),
        (39, 4, ["How do I ask for a label?"]), (12, 1, []), (25, 2, []),
        (19, 6, ["Can I use points and a voucher together?"]), (33, 3, []),
    ];

    private static ArticleTextInput En(string title, string summary, string body) => new("en", title, null, summary, body);

    private static ArticleTextInput Es(string title, string summary, string body) => new("es", title, null, summary, body);
}
