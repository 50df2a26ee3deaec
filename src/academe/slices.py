"""Every service of the product, and every slice over one pool: the one file that knows them all.

`SERVICES` is the contract with the functions that register its handlers; `Slices` builds the slices in order
of dependence, each given the neighbours that its ports ask for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.auth.v1 import auth_service_pb2, auth_service_pb2_grpc
from academe.api.course.v1 import course_service_pb2, course_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2, credential_service_pb2_grpc
from academe.api.enrollment.v1 import enrollment_service_pb2, enrollment_service_pb2_grpc
from academe.api.tip.v1 import tip_service_pb2, tip_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2, user_service_pb2_grpc
from academe.db.database import Database
from academe.db.outbox import Outbox
from academe.secret_key import root_secret
from academe.secrets import Secrets
from academe.services import auth, course, credential, enrollment, health, tip, user
from academe.settings import Settings
from academe.telemetry import Metrics

SERVICES: tuple[tuple[ServiceDescriptor, Callable[[Any, Any], None]], ...] = (
    (
        user_service_pb2.DESCRIPTOR.services_by_name["UserService"],
        user_service_pb2_grpc.add_UserServiceServicer_to_server,
    ),
    (
        auth_service_pb2.DESCRIPTOR.services_by_name["AuthService"],
        auth_service_pb2_grpc.add_AuthServiceServicer_to_server,
    ),
    (
        course_service_pb2.DESCRIPTOR.services_by_name["CourseService"],
        course_service_pb2_grpc.add_CourseServiceServicer_to_server,
    ),
    (
        enrollment_service_pb2.DESCRIPTOR.services_by_name["EnrollmentService"],
        enrollment_service_pb2_grpc.add_EnrollmentServiceServicer_to_server,
    ),
    (
        credential_service_pb2.DESCRIPTOR.services_by_name["CredentialService"],
        credential_service_pb2_grpc.add_CredentialServiceServicer_to_server,
    ),
    (
        tip_service_pb2.DESCRIPTOR.services_by_name["TipService"],
        tip_service_pb2_grpc.add_TipServiceServicer_to_server,
    ),
    (
        health_pb2.DESCRIPTOR.services_by_name["Health"],
        health_pb2_grpc.add_HealthServicer_to_server,
    ),
)


class Slices:
    """The domain: every slice over one pool, each given the neighbours that its ports ask for."""

    def __init__(
        self, settings: Settings, database: Database, secrets: Secrets, metrics: Metrics, log: Any
    ) -> None:
        pool, on_batch = database.pool, metrics.on_batch
        self.outbox = Outbox(pool, log)

        auth_repository = auth.AuthRepository(pool, on_batch=on_batch)
        self.keys = auth.SigningKeys(auth_repository, secrets)
        self.verifier = auth.TokenVerifier(self.keys, auth_repository, settings.issuer)
        sessions = auth.Sessions(auth_repository, self.verifier)
        self.passwords = user.Passwords(secrets, cost=settings.bcrypt_cost, log=log)
        self.users = user.UserService(
            user.UserRepository(pool, on_batch=on_batch),
            self.passwords,
            sessions,
            educator_registration_open=settings.educator_registration == "open",
        )
        self.auth = auth.AuthService(
            auth_repository,
            sessions,
            self.keys,
            self.verifier,
            self.users,
            access_token_lifetime=timedelta(seconds=settings.access_token_seconds),
            session_lifetime=timedelta(days=settings.session_days),
            log=log,
        )
        self.courses = course.CourseService(
            course.CourseRepository(pool, on_batch=on_batch),
            max_import_bytes=settings.max_import_bytes,
            # On a disk where there is one: /tmp of a container is often memory.
            import_folder=settings.data_dir if os.access(settings.data_dir, os.W_OK) else None,
        )
        enrollments = enrollment.EnrollmentRepository(
            pool, published=self.outbox.published, on_batch=on_batch
        )
        self.enrollments = enrollment.EnrollmentService(enrollments, self.courses)
        self.progress_watch = enrollment.ProgressWatch(enrollments)
        self.credentials = credential.CredentialParts(
            pool,
            self.enrollments,
            self.courses,
            self.users,
            secrets,
            base_uri=settings.issuer,
            asks_others=settings.verify_fetch,
            log=log,
            on_batch=on_batch,
        )
        self.outbox.consume(
            credential.COMPLETIONS_CONSUMER,
            [credential.COMPLETIONS_TOPIC],
            self.credentials.completions.handle,
        )
        self.tips = tip.TipParts(
            pool, database.dsn, self.users, options=tip_options(settings), log=log, on_batch=on_batch
        )

    def handlers(self, state: health.HealthState) -> list[Any]:
        """The servicers, in the order of SERVICES."""
        return [
            user.UserHandler(self.users),
            auth.AuthHandler(self.auth),
            course.CourseHandler(self.courses),
            enrollment.EnrollmentHandler(self.enrollments),
            credential.CredentialHandler(self.credentials),
            tip.TipHandler(self.tips),
            health.HealthHandler(state),
        ]

    async def close(self) -> None:
        """Ends the threads that hash passwords, the process that canonicalises, and connections to others."""
        await self.passwords.close()
        await self.credentials.close()
        await self.tips.close()


def tip_options(settings: Settings) -> tip.TipOptions:
    """What the settings say about tips."""
    stripe = None
    if settings.stripe_secret_key:
        stripe = tip.StripeOptions(
            settings.stripe_secret_key, settings.stripe_webhook_secrets, settings.stripe_api_url
        )
    return tip.TipOptions(
        policy=tip.TipPolicy(settings.tip_fee_basis_points, settings.tip_review_above),
        limits=[tip.TipLimit(count, seconds) for count, seconds in settings.tip_limits],
        cooling=timedelta(seconds=settings.tip_cooling_seconds),
        top_up_by=settings.top_up_by,
        stripe=stripe,
    )


def open_signing_keys(settings: Settings, database: Database) -> auth.SigningKeys:
    """The signing keys alone, for the command line."""
    secrets = Secrets.from_bytes(root_secret(settings.secret_key, settings.data_dir))
    return auth.SigningKeys(auth.AuthRepository(database.pool), secrets)
